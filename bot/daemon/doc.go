// Package daemon is the only wiring: from a Config to running parts, and their ordered shutdown. The command line, the
// server and the demo all run the parts that Open puts together; only URLs differ.
package daemon
