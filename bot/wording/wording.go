// Package wording is the one catalogue of what Aanmaner says to people, in Dutch and English.
//
// A text is found by key; what varies stands in braces with the way it is written: {name} as it is, {amount:money} for
// "34000 EUR" (minor units), {day:date} and {day:short} for YYYY-MM-DD, {at:time} and {at:day} for an RFC 3339 instant in
// the company's zone, {n:services} for a count with its noun (the key "count.services"). So a Reason can be stored with
// plain values, today, and be read in either language next year.
//
// The files in catalogue/ are the list, one a surface; a test fails on a key that lacks a twin, that stands in two of them, or
// whose twins use other values.
package wording

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/snippets"
)

//go:embed catalogue/*.yaml
var catalogueFiles embed.FS

var placeholder = regexp.MustCompile(`\{([a-z_0-9]+)(?::([a-z_]+))?\}`)

// Lang is a language that the bot speaks to staff.
type Lang string

// The languages of staff. Mails to customers have more: see package snippets.
const (
	NL Lang = "nl"
	EN Lang = "en"
)

// LangOf is the language for a locale such as "nl-NL" or "en_GB": Dutch for nl*, otherwise English.
func LangOf(locale string) Lang {
	if strings.HasPrefix(strings.ToLower(locale), "nl") {
		return NL
	}
	return EN
}

// phrase is one text, or two where it counts something.
type phrase struct{ One, Other string }

// UnmarshalYAML takes a plain text or a mapping of one and other.
func (p *phrase) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		p.One, p.Other = n.Value, n.Value
		return nil
	}
	var m struct{ One, Other string }
	if err := n.Decode(&m); err != nil {
		return err
	}
	p.One, p.Other = m.One, m.Other
	return nil
}

// Catalogue holds every text in both languages.
type Catalogue struct {
	phrases map[string]map[Lang]phrase
	loc     *time.Location
}

// Load reads the embedded catalogue. Times are written in the zone loc.
func Load(loc *time.Location) (*Catalogue, error) {
	c := &Catalogue{phrases: map[string]map[Lang]phrase{}, loc: loc}
	files, err := catalogueFiles.ReadDir("catalogue")
	if err != nil {
		return nil, fmt.Errorf("wording: %w", err)
	}
	for _, f := range files {
		text, err := catalogueFiles.ReadFile(path.Join("catalogue", f.Name()))
		var phrases map[string]map[Lang]phrase
		if err == nil {
			err = yaml.Unmarshal(text, &phrases)
		}
		for key := range phrases {
			if _, twice := c.phrases[key]; twice {
				err = errors.Join(err, fmt.Errorf("%q stands in two files", key))
			}
		}
		if err != nil {
			return nil, fmt.Errorf("wording: %s: %w", f.Name(), err)
		}
		maps.Copy(c.phrases, phrases)
	}
	return c, nil
}

// Keys lists all keys, sorted.
func (c *Catalogue) Keys() []string {
	keys := make([]string, 0, len(c.phrases))
	for k := range c.phrases {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Has says whether the catalogue knows the key.
func (c *Catalogue) Has(key string) bool { return c.phrases[key] != nil }

// Say gives the text of key in the language, filled with pairs of name and value. An unknown key comes back as it is, so
// that nothing is ever silently empty; a test keeps the code from using one.
func (c *Catalogue) Say(l Lang, key string, pairs ...string) string {
	return c.fill(l, key, argsOf(pairs))
}

// Reason gives the text of a reason.
func (c *Catalogue) Reason(l Lang, r Reason) string {
	if r.Code == "" {
		return ""
	}
	return c.fill(l, "reason."+r.Code, r.Args)
}

func (c *Catalogue) fill(l Lang, key string, args map[string]string) string {
	p, ok := c.phrases[key][l]
	if !ok {
		return key
	}
	text := p.Other
	if args["n"] == "1" {
		text = p.One
	}
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		parts := placeholder.FindStringSubmatch(m)
		return c.write(l, parts[2], args[parts[1]])
	})
}

// write formats one value the way its placeholder asks for.
func (c *Catalogue) write(l Lang, how, value string) string {
	switch how {
	case "":
		return value
	case "money":
		m := ParseMoney(value)
		return snippets.Money(string(l), m.Minor, m.Currency)
	case "date":
		return snippets.LongDate(string(l), value)
	case "short":
		return snippets.ShortDate(string(l), value)
	case "time", "day":
		return c.instant(l, how, value)
	case "say":
		return c.fill(l, value, nil)
	case "language":
		return c.fill(l, "language."+value, nil)
	}
	return c.fill(l, "count."+how, map[string]string{"n": value})
}

func (c *Catalogue) instant(l Lang, how, value string) string {
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return value
	}
	if how == "time" {
		return t.In(c.loc).Format("15:04")
	}
	return snippets.LongDate(string(l), string(backoffice.DateOf(t, c.loc)))
}

func argsOf(pairs []string) map[string]string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return args
}

// ParseMoney reads "34000 EUR" (minor units). What isn't written so comes back as nothing.
func ParseMoney(s string) backoffice.Money {
	var m backoffice.Money
	if _, err := fmt.Sscanf(s, "%d %s", &m.Minor, &m.Currency); err != nil {
		return backoffice.Money{}
	}
	return m
}
