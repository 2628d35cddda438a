package inhouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aanmaner/aanmaner/backoffice"
)

// address writes a path of the contract, each part escaped, below the base URL.
func (c *Client) address(query url.Values, parts ...string) string {
	var b strings.Builder
	b.WriteString(c.config.BaseURL)
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(p))
	}
	if len(query) > 0 {
		b.WriteString("?" + query.Encode())
	}
	return b.String()
}

// checkID refuses ids that would turn the path into another one. No server gives such ids out, so there is no such thing.
func checkID(op, id string) error {
	if strings.Trim(id, ".") == "" {
		return &backoffice.Error{Kind: backoffice.ErrNotFound, Op: op, Err: errors.New("an id is needed")}
	}
	return nil
}

// list reads a list to its end, or until it holds enough entries (0: all). total is what the server says there is in all,
// or what was seen of it.
func list[T any](ctx context.Context, c *Client, op, address string, enough int) (items []T, total int, err error) {
	seen := map[string]bool{}
	for range c.config.MaxPages {
		seen[address] = true
		res, err := c.read(ctx, op, address)
		if err != nil {
			return nil, 0, err
		}
		page, err := array[T](res.body)
		if err != nil {
			return nil, 0, unreadable(op, err)
		}
		items = append(items, page...)
		next, err := c.next(address, res.header)
		switch {
		case err != nil:
			return nil, 0, unreadable(op, err)
		case next == "":
			return items, len(items), nil
		case enough > 0 && len(items) >= enough:
			return items, totalCount(res.header, len(items)+1), nil
		case seen[next]:
			return nil, 0, unreadable(op, errors.New("the pages of the list go in a circle"))
		}
		address = next
	}
	return nil, 0, unreadable(op, fmt.Errorf("the list has more than %d pages", c.config.MaxPages))
}

// array reads a JSON array. Null is no list: an empty list of invoices would read as paid.
func array[T any](body []byte) ([]T, error) {
	var items []T
	if err := json.Unmarshal(body, &items); err != nil {
		return nil, err
	}
	if items == nil {
		return nil, errors.New("null where a list must be")
	}
	return items, nil
}

// totalCount reads how many entries a list has in all; seen when the server doesn't say or says less than was seen.
func totalCount(h http.Header, seen int) int {
	n, err := strconv.Atoi(h.Get("Total-Count"))
	if err != nil || n < seen {
		return seen
	}
	return n
}

// next is the address of the next page, or "". It must lie on the origin and below the base URL that the token is for.
func (c *Client) next(current string, h http.Header) (string, error) {
	target := nextLink(h.Values("Link"))
	if target == "" {
		return "", nil
	}
	from, err := url.Parse(current)
	if err != nil {
		return "", err
	}
	to, err := from.Parse(target)
	if err != nil {
		return "", errors.New("the link to the next page can't be read")
	}
	to.Fragment = ""
	if to.Scheme != c.base.Scheme || to.Host != c.base.Host || to.User != nil || !strings.HasPrefix(to.EscapedPath(), c.base.EscapedPath()+"/") {
		return "", errors.New("the link to the next page leads away from the back office")
	}
	return to.String(), nil
}

// nextLink finds rel="next" in Link headers (RFC 8288).
func nextLink(headers []string) string {
	for _, h := range headers {
		for h != "" {
			start := strings.IndexByte(h, '<')
			if start < 0 {
				break
			}
			target, rest, closed := strings.Cut(h[start+1:], ">")
			if !closed {
				break
			}
			params := splitUnquoted(rest, ',')
			if isNext(params) {
				return target
			}
			h = rest[len(params):]
		}
	}
	return ""
}

// splitUnquoted is s up to the first stop that doesn't stand in a text in quotes: a title may hold anything.
func splitUnquoted(s string, stop byte) string {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case !quoted && s[i] == stop:
			return s[:i]
		}
	}
	return s
}

// isNext says whether the parameters of a link hold the relation "next"; several relations may stand in one value. Of several
// parameters rel the first one counts.
func isNext(params string) bool {
	for params != "" {
		one := splitUnquoted(params, ';')
		params = strings.TrimPrefix(params[len(one):], ";")
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(rel, "next") {
				return true
			}
		}
		return false
	}
	return false
}
