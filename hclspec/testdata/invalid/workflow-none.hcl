# ERROR(project): Nothing to run
volume "v" {}
