package main_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// deepest is how many imports, one after the other, may lead from a package of ours down to the last of ours.
const deepest = 6

// layer is a group of packages that may import the same others.
type layer struct {
	packages string // patterns as of path.Match
	imports  string // likewise
}

// The names of groups that several layers of the table import.
const (
	vocabulary = "helpdesk backoffice"
	foundation = vocabulary + " snippets bot/wording bot/calendar bot/replies"
	adapters   = "bot/dossier bot/dryrun bot/store bot/wake bot/slack bot/mailbox bot/mailer bot/console"
	clients    = "helpdesk/cerb backoffice/inhouse backoffice/whmcs backoffice/fossbilling"
)

// layers is the architecture: each package's line says all of ours that it may import. It is read top-down; an import
// never points up.
func layers() []layer {
	return []layer{
		{"cmd/aanmaner", "bot/dossier bot/daemon bot/sandbox bot/sandbox/show bot " + foundation + " " + clients},
		{"cmd/check", ""},
		{"cmd/package", "bot/daemon"},
		{"bot/sandbox/show", "bot/slack/*fake helpdesk/*/*fake backoffice/*/*fake snippets"},
		{"bot/sandbox", "bot/daemon bot/slack/*fake helpdesk/*/*fake backoffice/*/*fake bot " + foundation},
		{"bot/daemon", adapters + " bot " + foundation + " " + clients},
		{"bot/store/storetest", "bot " + foundation},
		{adapters, "bot " + foundation},
		{"bot", foundation},
		{"bot/wording bot/calendar bot/replies", vocabulary + " snippets"},
		{"snippets", vocabulary},
		{"helpdesk/helpdesktest helpdesk/cerb", "helpdesk"},
		{"backoffice/backofficetest backoffice/inhouse backoffice/whmcs backoffice/fossbilling", "backoffice"},
		{"helpdesk backoffice bot/slack/*fake helpdesk/*/*fake backoffice/*/*fake", ""},
	}
}

// wrongImports finds imports that the table of layers does not have, and packages that have no place in it.
func wrongImports(r *repo) []string {
	var wrong []string
	for _, pkg := range r.packages() {
		place := slices.IndexFunc(layers(), func(l layer) bool { return matches(pkg, l.packages) })
		if place < 0 {
			wrong = append(wrong, pkg+" has no place in the table of layers in shape_imports_test.go")
			continue
		}
		for _, imported := range r.ownImports(pkg) {
			if !matches(imported, layers()[place].imports) {
				wrong = append(wrong, pkg+" imports "+imported)
			}
		}
	}
	return wrong
}

// matches tells whether a package is one of the patterns.
func matches(pkg, patterns string) bool {
	return slices.ContainsFunc(strings.Fields(patterns), func(pattern string) bool {
		ok, err := path.Match(pattern, pkg)
		return ok && err == nil
	})
}

// clientsAndDoublesMixed finds what would let a mistake hide: a double built with the client's own idea of the remote
// system agrees with it even where both are wrong. Tests are where both meet.
func clientsAndDoublesMixed(r *repo) []string {
	var wrong []string
	for _, pkg := range r.packages() {
		for _, imported := range r.ownImports(pkg) {
			switch {
			case isDouble(pkg) && !isDouble(imported) && !matches(imported, vocabulary):
				wrong = append(wrong, "the double "+pkg+" imports "+imported)
			case !isDouble(pkg) && isDouble(imported) && pkg != "bot/sandbox" && pkg != "bot/sandbox/show":
				wrong = append(wrong, pkg+" imports the double "+imported+"; only the sandbox and tests may")
			}
		}
	}
	return wrong
}

func isDouble(pkg string) bool { return strings.HasSuffix(pkg, "fake") }

// domainDoingIO finds imports of package bot that reach outside the process. Of other modules it may import only those
// named here.
func domainDoingIO(r *repo) []string {
	const outside = "net net/* database/* database/*/* os os/* syscall io/ioutil log plugin"
	const modules = "golang.org/x/sync/errgroup"
	var wrong []string
	for _, f := range r.product() {
		for _, imported := range f.imports {
			ours := strings.HasPrefix(imported, modulePath+"/")
			if f.pkg == "bot" && !ours && (matches(imported, outside) || !isStandard(imported) && !matches(imported, modules)) {
				wrong = append(wrong, f.path+" imports "+imported)
			}
		}
	}
	return wrong
}

// vocabularyOnOthers finds imports of other modules in the two vocabularies that everything else is written in.
func vocabularyOnOthers(r *repo) []string {
	var wrong []string
	for _, f := range r.product() {
		for _, imported := range f.imports {
			if matches(f.pkg, vocabulary) && !isStandard(imported) {
				wrong = append(wrong, f.path+" imports "+imported)
			}
		}
	}
	return wrong
}

// isStandard tells the standard library's packages by their first part: it has no dot.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// chainTooLong finds the packages from which the way down is too long.
func chainTooLong(r *repo) []string {
	ways := map[string][]string{}
	var wrong []string
	for _, pkg := range r.packages() {
		if way := r.longestWay(pkg, ways); len(way)-1 > deepest {
			wrong = append(wrong, fmt.Sprintf("%d imports deep: %s", len(way)-1, strings.Join(way, " → ")))
		}
	}
	return wrong
}

// longestWay follows the imports down, the package itself first. Go allows no circle, so it ends.
func (r *repo) longestWay(pkg string, known map[string][]string) []string {
	if way, ok := known[pkg]; ok {
		return way
	}
	var longest []string
	for _, imported := range r.ownImports(pkg) {
		if way := r.longestWay(imported, known); len(way) > len(longest) {
			longest = way
		}
	}
	known[pkg] = append([]string{pkg}, longest...)
	return known[pkg]
}

// testingInProduct finds code outside of tests that imports what only tests need. The contract suites may: their names end
// in test, and nothing but tests imports them.
func testingInProduct(r *repo) []string {
	var wrong []string
	for _, f := range r.product() {
		if isSuite(f.pkg) {
			continue
		}
		for _, imported := range f.imports {
			folder, ours := strings.CutPrefix(imported, modulePath+"/")
			if matches(imported, "testing testing/*") || ours && isSuite(folder) {
				wrong = append(wrong, f.path+" imports "+imported)
			}
		}
	}
	return wrong
}

func isSuite(pkg string) bool { return strings.HasSuffix(pkg, "test") }

// cgoFiles finds Go files that are bound to C: the program is one file that runs anywhere.
func cgoFiles(r *repo) []string {
	var wrong []string
	for _, f := range r.files {
		if slices.Contains(f.imports, "C") {
			wrong = append(wrong, f.path+" imports C")
		}
	}
	return wrong
}
