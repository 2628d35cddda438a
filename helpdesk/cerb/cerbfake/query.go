package cerbfake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A query is Cerb's search language: filters side by side (all must hold), OR between them, brackets, a value quoted,
// bare, listed in [ ], or a query on other records in ( ), and ! before a value for "not". The steps here are those of
// Cerb's CerbQuickSearchLexer, oddities included: there is no escape (a quotation mark ends a value whatever stands before
// it), a quote without an end is a character like any other, and the first AND or OR of a group counts for all of it.

// node is one part of a query.
type node struct {
	op    string // "and", "or" or "filter"
	kids  []node
	field string // of a filter
	not   bool
	value value
}

// value is what a filter looks for.
type value struct {
	quoted bool
	list   []string // [a, b]: any of them
	isList bool
	group  *node // (…): a query on the records that the field leads to
	text   string
}

// parseQuery reads a query and the order it asks for: "id", "-updated", or "". A query is first filled in as a template,
// with nothing to fill in: {{id}} is gone, and what does not parse as one finds nothing (false).
func parseQuery(q string) (n node, order string, ok bool) {
	q, ok = renderTemplate(q, nil)
	if !ok {
		return node{}, "", false
	}
	n = groupNode(lexQuery(q), false)
	n.kids = slices.DeleteFunc(n.kids, func(kid node) bool {
		if kid.op != "filter" {
			return false
		}
		switch strings.TrimPrefix(kid.field, "_") {
		case "sort":
			order = kid.value.text
			return true
		case "limit", "page", "subtotal": // the call's own limit and page are what counts here
			return true
		}
		return false
	})
	return n, order, true
}

// lexeme is one word of a query.
type lexeme struct {
	kind string // field, text, quoted, not, bool, open, open-not, close, list-open, list-close
	text string
}

// takeQuotes replaces quoted text by marks. All occurrences of one quoted text get the same mark.
func takeQuotes(q string) (string, []string) {
	var quotes []string
	start := 0
	for start < len(q) {
		from := strings.IndexByte(q[start:], '"')
		if from < 0 {
			break
		}
		from += start
		length := strings.IndexByte(q[from+1:], '"')
		if length < 0 {
			break
		}
		cut := q[from : from+length+2]
		q = strings.ReplaceAll(q, cut, " <$Q:"+strconv.Itoa(len(quotes))+"> ")
		quotes = append(quotes, strings.Trim(cut, `"`))
		start = from
	}
	return q, quotes
}

var (
	wideGap  = regexp.MustCompile(`\s{2,}`)
	wordForm = regexp.MustCompile(`^(?:([a-zA-Z0-9_.]+):|(\s+)|(\S+))`)
)

// lexQuery cuts a query into words.
func lexQuery(q string) []lexeme {
	q, quotes := takeQuotes(q)
	for _, mark := range [][2]string{
		{" OR ", " <$OR> "}, {" AND ", " <$AND> "}, {"!(", " <$PON> "}, {":!", ": <$NOT> "},
		{"(", " <$PO> "}, {")", " <$PC> "}, {"[", " <$BO> "}, {"]", " <$BC> "},
	} {
		q = strings.ReplaceAll(q, mark[0], mark[1])
	}
	q = wideGap.ReplaceAllString(q, "  ")
	marks := map[string]lexeme{
		"!": {"not", ""}, "<$NOT>": {"not", ""}, "<$OR>": {"bool", "or"}, "<$AND>": {"bool", "and"}, "<$PO>": {"open", ""},
		"<$PON>": {"open-not", ""}, "<$PC>": {"close", ""}, "<$BO>": {"list-open", ""}, "<$BC>": {"list-close", ""},
	}
	var out []lexeme
	for q != "" {
		m := wordForm.FindStringSubmatch(q)
		if m == nil {
			break
		}
		q = q[len(m[0]):]
		known, isMark := marks[m[3]]
		after, isQuote := strings.CutPrefix(m[3], "<$Q:")
		switch {
		case m[1] != "":
			out = append(out, lexeme{"field", m[1]})
		case isMark:
			out = append(out, known)
		case isQuote && intval(after) < len(quotes):
			out = append(out, lexeme{"quoted", quotes[intval(after)]})
		case m[3] != "":
			out = append(out, lexeme{"text", m[3]})
		}
	}
	return out
}

// groupNode makes a group of words into a node.
func groupNode(words []lexeme, not bool) node {
	b := builder{group: node{op: "and", not: not}, words: words}
	for b.rest = words; len(b.rest) > 0; {
		b.next()
	}
	return b.group
}

// builder reads the words of one group.
type builder struct {
	group  node
	words  []lexeme
	rest   []lexeme
	field  *node // the filter that waits for its value
	moded  bool  // the first AND or OR was met
	inText bool  // the last thing was text without a filter, which more text joins
}

// next reads one word, or what stands in brackets.
func (b *builder) next() {
	w := b.rest[0]
	b.rest = b.rest[1:]
	wasText := b.inText
	b.inText = false
	switch w.kind {
	case "field":
		b.group.kids = append(b.group.kids, node{op: "filter", field: w.text})
		b.field = &b.group.kids[len(b.group.kids)-1]
	case "not":
		if b.field != nil {
			b.field.not = !b.field.not
		}
	case "bool":
		if !b.moded {
			b.group.op, b.moded = w.text, true
		}
		b.field = nil
	case "open", "open-not":
		sub := groupNode(b.upTo("open", "close"), w.kind == "open-not")
		if b.field != nil {
			b.field.value = value{group: &sub}
			b.field = nil
			return
		}
		b.group.kids = append(b.group.kids, sub)
	case "close": // one that nothing opened takes the place of the opening one from the query's first word
		if read := b.words[:len(b.words)-len(b.rest)-1]; len(read) > 0 {
			b.group = node{op: "and", kids: []node{groupNode(read[1:], false)}}
		}
		b.field = nil
	case "list-open":
		if list := listOf(b.upTo("list-open", "list-close")); b.field != nil {
			b.field.value = value{isList: true, list: list}
			b.field = nil
		}
	case "text", "quoted":
		b.text(w, wasText)
	}
}

// text gives a word to the filter that waits for one; without such, it looks in the record's own text.
func (b *builder) text(w lexeme, join bool) {
	v := value{text: w.text, quoted: w.kind == "quoted"}
	switch {
	case b.field != nil:
		b.field.value = v
		b.field = nil
		return
	case join:
		last := &b.group.kids[len(b.group.kids)-1]
		last.value = value{text: last.value.text + " " + w.text}
	default:
		b.group.kids = append(b.group.kids, node{op: "filter", field: "text", value: v})
	}
	b.inText = true
}

// upTo takes the words up to the closing mark, inner pairs included.
func (b *builder) upTo(opening, closing string) []lexeme {
	depth := 0
	for i, w := range b.rest {
		switch {
		case strings.HasPrefix(w.kind, opening):
			depth++
		case w.kind == closing && depth > 0:
			depth--
		case w.kind == closing:
			words := b.rest[:i]
			b.rest = b.rest[i+1:]
			return words
		}
	}
	words := b.rest
	b.rest = nil
	return words
}

// listOf reads the words of [a, "b c"]: bare ones are cut at commas.
func listOf(words []lexeme) []string {
	var out []string
	for _, w := range words {
		if w.kind == "quoted" {
			out = append(out, w.text)
			continue
		}
		for part := range strings.SplitSeq(w.text, ",") {
			if part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}
