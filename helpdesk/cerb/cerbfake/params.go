package cerbfake

import (
	"maps"
	"net/url"
	"strconv"
	"strings"
)

// params are the parameters of one call as PHP sees them: query and body together, the body first.
type params url.Values

// parseParams reads query and body. PHP reads the body of a POST only when it is announced as a form; of a PUT always
// (Cerb does it itself).
func parseParams(method, query, contentType string, body []byte) params {
	p := params{}
	add := func(raw string) {
		values, _ := url.ParseQuery(raw) // PHP, too, keeps what it can read
		maps.Copy(p, params(values))
	}
	add(query)
	if method == "PUT" || method == "PATCH" || strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		add(string(body))
	}
	return p
}

// has says whether a parameter was sent at all.
func (p params) has(key string) bool { return len(p[key]) > 0 }

// str is a parameter as text; PHP takes the last of several.
func (p params) str(key string) string {
	if v := p[key]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

// num is a parameter as PHP's intval reads it: leading digits, else 0.
func (p params) num(key string) int { return intval(p.str(key)) }

// sub is the map sent as key[name]=value.
func (p params) sub(key string) map[string]string {
	m := map[string]string{}
	for k := range p {
		if name, ok := strings.CutPrefix(k, key+"["); ok && strings.HasSuffix(name, "]") {
			m[strings.TrimSuffix(name, "]")] = p.str(k)
		}
	}
	return m
}

// custom is the custom fields sent as custom_<id>=value.
func (p params) custom() map[int]string {
	m := map[int]string{}
	for k := range p {
		if name, ok := strings.CutPrefix(k, "custom_"); ok {
			if id, err := strconv.Atoi(name); err == nil {
				m[id] = p.str(k)
			}
		}
	}
	return m
}

// list is a comma separated parameter.
func (p params) list(key string) []string {
	var out []string
	for part := range strings.SplitSeq(p.str(key), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// empty is PHP's: "0" counts as nothing.
func empty(text string) bool { return text == "" || text == "0" }

// intval is PHP's: the number that a text starts with, else 0.
func intval(text string) int {
	text = strings.TrimSpace(text)
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && (text[0] == '-' || text[0] == '+')) {
		end++
	}
	n, err := strconv.Atoi(text[:end])
	if err != nil {
		return 0
	}
	return n
}
