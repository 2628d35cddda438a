package cerbfake

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// filterType is how a filter compares.
type filterType int

const (
	textPartial filterType = iota // a bare word may stand anywhere in the text
	textPrefix                    // a bare word must begin it
	textExact                     // a bare word must be it
	numberType
	boolType
	statusType
	nestedType // a query on other records
)

// filter is one name that a query may use.
type filter struct {
	typ  filterType
	of   func(id int) []string // what the record with this id has there
	kind string                // nestedType: the type of record that the ids in of belong to
}

// one makes a filter on a single value.
func one[T any](typ filterType, of func(id int) T) filter {
	return filter{typ: typ, of: func(id int) []string { return []string{fmt.Sprint(of(id))} }}
}

// nested makes a filter that leads to other records.
func nested(kind string, of func(id int) []int) filter {
	return filter{typ: nestedType, kind: kind, of: func(id int) []string {
		var out []string
		for _, n := range of(id) {
			out = append(out, strconv.Itoa(n))
		}
		return out
	}}
}

// search lists the ids of the records that a query finds, in its order; lowest id first when it names none. A filter that
// isn't known, anywhere in the query, makes all of it find nothing; an order by one is passed over.
func (s *Server) search(k kind, q string, w *worker) []int {
	ids := []int{}
	n, order, ok := parseQuery(q)
	if !ok || !s.known(k, n, w) {
		return ids
	}
	for _, id := range k.ids {
		if s.matches(k, n, id, w) {
			ids = append(ids, id)
		}
	}
	k.sort(ids, order)
	return ids
}

// known says whether all filters of a query are filters of this type of record.
func (s *Server) known(k kind, n node, w *worker) bool {
	if n.op != "filter" {
		return !slices.ContainsFunc(n.kids, func(kid node) bool { return !s.known(k, kid, w) })
	}
	_, known := k.filters[n.field]
	return known
}

// sort orders ids by a filter's numbers: "id", "-updated". Names it doesn't know leave them as they are.
func (k kind) sort(ids []int, order string) {
	name, down := strings.CutPrefix(order, "-")
	f, ok := k.filters[name]
	if !ok || f.typ == nestedType {
		return
	}
	slices.SortStableFunc(ids, func(a, b int) int {
		x, y := first(f.of(a)), first(f.of(b))
		c := strings.Compare(x, y)
		if f.typ == numberType {
			c = cmp.Compare(intval(x), intval(y))
		}
		if down {
			return -c
		}
		return c
	})
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// matches says whether a record fits a part of a query.
func (s *Server) matches(k kind, n node, id int, w *worker) bool {
	switch n.op {
	case "and":
		return slices.ContainsFunc(n.kids, func(kid node) bool { return !s.matches(k, kid, id, w) }) == n.not
	case "or":
		return slices.ContainsFunc(n.kids, func(kid node) bool { return s.matches(k, kid, id, w) }) != n.not
	}
	f := k.filters[n.field]
	return s.fits(f, n.value, f.of(id), w) != n.not
}

// fits says whether one of the values a record has is what a filter looks for.
func (s *Server) fits(f filter, v value, have []string, w *worker) bool {
	if f.typ == nestedType {
		k, ok := s.kind(f.kind, w)
		if v.group == nil || !ok || !s.known(k, *v.group, w) {
			return false
		}
		return slices.ContainsFunc(have, func(id string) bool {
			n := intval(id)
			return slices.Contains(k.ids, n) && s.matches(k, *v.group, n, w)
		})
	}
	if v.text == "null" && !v.quoted && !v.isList {
		return strings.Join(have, "") == ""
	}
	return slices.ContainsFunc(have, func(h string) bool { return fitsOne(f.typ, v, h) })
}

// fitsOne compares one value.
func fitsOne(typ filterType, v value, have string) bool {
	if v.isList {
		return slices.ContainsFunc(v.list, func(want string) bool {
			return fitsOne(typ, value{text: want, quoted: typ <= textExact}, have)
		})
	}
	switch typ {
	case numberType:
		return fitsNumber(v.text, intval(have))
	case boolType:
		return !strings.ContainsAny(strings.ToLower(v.text), "nf0") == (have == "true")
	case statusType:
		return v.text != "" && strings.HasPrefix(have, strings.ToLower(v.text))
	}
	return fitsText(typ, v, have)
}

// fitsText compares text in any case, as MariaDB does. With a * in it, in quotes or not, it is a pattern: * and % stand
// for anything, _ for one character, and \\ takes the meaning of what follows away. Quoted text without a * must be the
// whole.
func fitsText(typ filterType, v value, have string) bool {
	want := v.text
	if !v.quoted && !strings.Contains(want, "*") {
		switch typ {
		case textPartial:
			want = "*" + want + "*"
		case textPrefix:
			want += "*"
		}
	}
	if !strings.Contains(want, "*") {
		return strings.EqualFold(strings.TrimRight(want, " "), strings.TrimRight(have, " "))
	}
	ok, err := regexp.MatchString(likePattern(want), have)
	return err == nil && ok
}

// likePattern is a LIKE pattern as a regular expression.
func likePattern(want string) string {
	var b strings.Builder
	b.WriteString("(?is)^")
	escaped := false
	for _, r := range want {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(r)))
			escaped = false
		case r == '\\':
			escaped = true
		case r == '*' || r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String() + "$"
}

// fitsNumber compares a number: 5, >5, <=5.
func fitsNumber(want string, have int) bool {
	for _, op := range []string{">=", "<=", ">", "<"} {
		n, ok := strings.CutPrefix(want, op)
		if !ok {
			continue
		}
		switch c := cmp.Compare(have, intval(n)); op {
		case ">=":
			return c >= 0
		case "<=":
			return c <= 0
		case ">":
			return c > 0
		default:
			return c < 0
		}
	}
	return want != "" && have == intval(want)
}
