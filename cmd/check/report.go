package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// report prints what happens.
type report struct{ w io.Writer }

// line prints a line of progress.
func (r *report) line(format string, args ...any) {
	fmt.Fprintf(r.w, format+"\n", args...)
}

// stage prints a stage that has ended, with its details indented below it.
func (r *report) stage(name string, o outcome, took time.Duration) {
	r.line("%-14s %-7s %7s  %s", name, verdict(o.count), seconds(took), o.summary)
	for _, detail := range o.details {
		for text := range strings.SplitSeq(strings.TrimRight(detail, "\n"), "\n") {
			r.line("    %s", text)
		}
	}
}

// sum prints the closing line, alone on its line, in the form that test machines read.
func (r *report) sum(c counts) {
	r.line("\n%d passed, %d failed, %d skipped", c.passed, c.failed, c.skipped)
}

func verdict(c counts) string {
	switch {
	case c.failed > 0:
		return "FAILED"
	case c.passed == 0:
		return "skipped"
	default:
		return "ok"
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
