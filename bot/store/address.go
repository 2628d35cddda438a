package store

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// address is what the address of a PostgreSQL database is made of, as it is written, and as pgx and libpq take it apart.
// net/url won't do: it refuses several hosts where the last has no port or one is an IPv6 address.
type address struct {
	scheme, user string // the user without a password
	place        string // host:port,host:port/name
	query        string
	asks         bool // there is a question mark before the query
}

func takeApart(text string) (a address) {
	scheme, rest, _ := strings.Cut(text, "://")
	a.scheme = scheme
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		a.user, _, _ = strings.Cut(rest[:i], ":")
		rest = rest[i+1:]
	}
	a.place, a.query, a.asks = strings.Cut(rest, "?")
	return a
}

// placeForm is host:port,host:port/name. A port is a number, and no name has an @.
var placeForm = regexp.MustCompile(`^(([\w.%-]*|\[[\w.:%]*\])(:[0-9]*)?)(,([\w.%-]*|\[[\w.:%]*\])(:[0-9]*)?)*(/[^/@]*)?$`)

// clear says whether the place is sure to have no part of a password in it, as it has where the password's own @, / or ? wasn't
// written as %40, %2F, %3F.
func (a address) clear() bool {
	return placeForm.MatchString(a.place) && !strings.Contains(a.query, "@")
}

// setting is a setting in the address's query, as it is written.
func (a address) setting(name string) (value string) {
	for pair := range strings.SplitSeq(a.query, "&") {
		if key, v, _ := strings.Cut(pair, "="); key == name {
			value = v
		}
	}
	return value
}

// several says whether it names more than one host.
func (a address) several() bool {
	hosts, _, _ := strings.Cut(a.place, "/")
	for _, list := range []string{hosts, a.setting("host")} {
		if plain, err := url.PathUnescape(list); err == nil && strings.Contains(plain, ",") {
			return true
		}
	}
	return false
}

// withDefaults adds to an address what it leaves open. What it says stays as it is written.
func withDefaults(text string) string {
	a := takeApart(text)
	join := "?"
	switch {
	case a.query != "":
		join = "&"
	case a.asks:
		join = ""
	}
	add := func(name, value string) {
		if a.setting(name) == "" {
			text += join + name + "=" + value
			join = "&"
		}
	}
	add("pool_max_conns", strconv.Itoa(postgresConns))
	add("connect_timeout", strconv.Itoa(int(connectTimeout.Seconds())))
	if a.several() {
		add("target_session_attrs", "read-write")
	}
	return text
}

// Shown is the address of a database without what may be secret in it: fit for a log or an error.
func Shown(path string) string {
	if !IsPostgres(path) {
		return path
	}
	a := takeApart(path)
	if !a.clear() {
		return "postgres://…"
	}
	return a.scheme + "://" + a.place
}

// ForTools is the address of a PostgreSQL database for PostgreSQL's own tools: without its password, with the user, how the
// server is reached and known, and which of several it is.
func ForTools(path string) string {
	a := takeApart(withDefaults(path))
	if !a.clear() {
		return Shown(path)
	}
	text := a.scheme + "://"
	if a.user != "" {
		text += a.user + "@"
	}
	text += a.place
	join := "?"
	for _, name := range []string{"host", "port", "sslmode", "sslrootcert", "target_session_attrs"} {
		if value := a.setting(name); value != "" {
			text += join + name + "=" + value
			join = "&"
		}
	}
	return strings.ReplaceAll(text, "'", "%27") // it stands between quotes
}
