package main_test

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"io/fs"
	"slices"
)

// The budget, in lines. A function is counted from its "func" to its closing brace, a file with everything in it.
const (
	functionMedian = 12
	functionP95    = 50
	functionMost   = 80
	fileP95        = 450
	fileMost       = 600
)

// size is how many lines something named spans.
type size struct {
	name  string
	lines int
}

// longFunctions finds functions over the limit, and says so when the common run of them is over it.
func longFunctions(r *repo) []string {
	sizes := r.functions("")
	wrong := over("function", sizes, functionMost)
	if n := percentile(sizes, 50); n > functionMedian {
		wrong = append(wrong, fmt.Sprintf("half of the functions have more than %d lines: the median is %d", functionMedian, n))
	}
	if n := percentile(sizes, 95); n > functionP95 {
		wrong = append(wrong, fmt.Sprintf("one in twenty functions has more than %d lines: the 95th percentile is %d", functionP95, n))
	}
	return wrong
}

// longFiles does the same for files.
func longFiles(r *repo) []string {
	sizes := r.fileSizes("")
	wrong := over("file", sizes, fileMost)
	if n := percentile(sizes, 95); n > fileP95 {
		wrong = append(wrong, fmt.Sprintf("one in twenty files has more than %d lines: the 95th percentile is %d", fileP95, n))
	}
	return wrong
}

func over(what string, sizes []size, most int) []string {
	var wrong []string
	for _, s := range sizes {
		if s.lines > most {
			wrong = append(wrong, fmt.Sprintf("%s: this %s has %d lines, %d at most", s.name, what, s.lines, most))
		}
	}
	return wrong
}

// functions lists the product's functions, of one package or, when it is empty, of all.
func (r *repo) functions(pkg string) []size {
	var sizes []size
	for _, f := range r.product() {
		if pkg != "" && f.pkg != pkg {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				sizes = append(sizes, size{r.at(fn) + " " + funcName(fn), r.lineCount(fn)})
			}
		}
	}
	return sizes
}

func (r *repo) fileSizes(pkg string) []size {
	var sizes []size
	for _, f := range r.product() {
		if pkg == "" || f.pkg == pkg {
			sizes = append(sizes, size{f.path, f.lines})
		}
	}
	return sizes
}

// percentile is the smallest size that at least so many in a hundred do not exceed; 0 when there are none.
func percentile(sizes []size, percent int) int {
	if len(sizes) == 0 {
		return 0
	}
	var lines []int
	for _, s := range sizes {
		lines = append(lines, s.lines)
	}
	slices.Sort(lines)
	rank := (len(lines)*percent + 99) / 100
	return lines[rank-1]
}

// figures tells package by package what is measured, and the two ratios that are told but not held to: comments in a
// hundred lines of product, and lines of test to a line of product.
func figures(r *repo) []string {
	lines := []string{fmt.Sprintf("%-32s %9s %6s %5s %5s %9s %5s %9s %6s",
		"package", "functions", "median", "p95", "most", "files p95", "most", "comments", "tests")}
	for _, pkg := range append(r.packages(), "") {
		functions, files, c := r.functions(pkg), r.fileSizes(pkg), r.countLines(pkg)
		lines = append(lines, fmt.Sprintf("%-32s %9d %6d %5d %5d %9d %5d %8d%% %6.2f", cmp.Or(pkg, "all"),
			len(functions), percentile(functions, 50), percentile(functions, 95), percentile(functions, 100),
			percentile(files, 95), percentile(files, 100),
			100*c.comments/max(1, c.code+c.comments), float64(c.tests)/float64(max(1, c.code))))
	}
	return lines
}

// lineCounts are lines that hold something; of the tests, comments and all.
type lineCounts struct{ code, comments, tests int }

// countLines counts a package, or all when it is empty. The contract suites are tests, though they are compiled as product.
func (r *repo) countLines(pkg string) lineCounts {
	var c lineCounts
	for _, f := range r.files {
		if pkg != "" && f.pkg != pkg {
			continue
		}
		code, comments := r.linesOf(f)
		if f.test || isSuite(f.pkg) {
			c.tests += code + comments
			continue
		}
		c.code += code
		c.comments += comments
	}
	return c
}

// linesOf counts the lines of a file that hold code and those that hold only a comment.
func (r *repo) linesOf(f *goFile) (code, comments int) {
	src, err := fs.ReadFile(r.fsys, f.path)
	if err != nil {
		return 0, 0
	}
	inBlock := false
	for line := range bytes.Lines(src) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0:
		case inBlock || bytes.HasPrefix(line, []byte("//")) || bytes.HasPrefix(line, []byte("/*")):
			comments++
			inBlock = (inBlock || bytes.HasPrefix(line, []byte("/*"))) && !bytes.HasSuffix(line, []byte("*/"))
		default:
			code++
		}
	}
	return code, comments
}
