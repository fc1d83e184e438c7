# ERROR(next): Unfinished merge
<<<<<<< HEAD
=======
>>>>>>> theirs
