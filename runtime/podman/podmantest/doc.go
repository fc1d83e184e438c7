// Package podmantest gives tests a Podman of their own.
//
// A package whose tests need Podman calls Main from its TestMain. The test
// binary then starts itself twice more:
//
//	stage      where                          what it does
//	host       where go test started it       makes a directory, waits, cleans up
//	  └ init   PID 1 of new namespaces        mounts, then reaps, then says how it ended
//	      └ tests  in the same namespaces     starts the Podman service, runs the tests
//
// The mount, network, PID, IPC and UTS namespaces are new, /run and /dev/shm
// are empty, and all configuration and storage of Podman is in one directory.
// So nothing is shared with the Podman of the host, nor with another test
// binary that runs at the same time: not the storage, the locks, the
// addresses, the ports, nor the names of bridges. When PID 1 ends, for
// whatever reason, the kernel ends all that runs there.
//
// PID 1 reaps because the conmon of a container outlives its parent: Podman
// 4.3 takes a zombie for a living process.
//
// The tests need root, for the namespaces. There is no way to skip them.
package podmantest
