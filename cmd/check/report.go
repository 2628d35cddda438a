package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// report prints what happens, one writer for all stages.
type report struct {
	mu sync.Mutex
	w  io.Writer
}

func newReport(w io.Writer) *report { return &report{w: w} }

// line prints a line of progress.
func (r *report) line(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.w, format+"\n", args...)
}

// stage prints a stage that has ended, with its details indented below it.
func (r *report) stage(name string, o outcome, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.w, "%-14s %-7s %7s  %s\n", name, verdict(o.count), seconds(took), o.summary)
	for _, detail := range o.details {
		for text := range strings.SplitSeq(strings.TrimRight(detail, "\n"), "\n") {
			fmt.Fprintf(r.w, "    %s\n", text)
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

func seconds(d time.Duration) string {
	return fmt.Sprintf("%.1fs", d.Seconds())
}
