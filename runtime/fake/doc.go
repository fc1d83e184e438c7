// Package fake is a small container engine in memory, for tests.
//
// It works: containers are prepared, run, write lines, end, are listed and
// removed, as they are with a real engine. What a process does is read from
// its command (see the words below) or written down by the test as a
// Behaviour. All waiting is on timers and channels, so in a synctest bubble
// an hour costs nothing and times can be compared exactly.
//
//	rt := fake.New("busybox")
//	rt.Script(fake.Named("api"), fake.Behaviour{For: time.Second, Code: 1}, fake.Behaviour{For: fake.Forever})
//	rt.Inject(fake.Fault{On: fake.Start, Subject: "api", Times: 1, Err: runtime.ErrUnavailable})
//	...                         // use rt as a runtime.Runtime
//	rt.Kill("api", 137)         // from outside
//	fmt.Println(rt.History())   // what was done, and what happened, each with its time
//	fmt.Println(rt.Leftovers(labels))
//
// The words that a command may start with; anything else is not found (127):
//
//	true, false, exit N      end at once
//	sleep D                  ends with 0 after D, "1.5s" or a number of seconds
//	echo TEXT...             writes a line and ends
//	fail-times N FILE        ends with 1 the first N times that FILE is named, then with 0
//	pause, agent ...         run until signalled, then end with 0
//	http-serve ...           the same
//	deaf                     runs until killed
//	eat-memory SIZE          the same as pause, or ends for its memory if that is less
//
// A Runtime is a connection to a Host. The host outlives it: a test that
// lets a supervisor crash calls Reconnect and hands the new connection to
// the next one.
package fake
