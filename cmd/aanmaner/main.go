// Command aanmaner carries out a hosting company's non-payer procedure. `aanmaner --help` says how.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}, os.Environ())) }
