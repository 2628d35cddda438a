package inhousefake

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// pageSize is how many entries a list gives when the caller does not say.
const pageSize = 50

// findCustomers searches, best match first: number, reference, e-mail address and domain as a whole, name in part.
func (s *Server) findCustomers(r *request) answer {
	q := strings.ToLower(strings.TrimSpace(r.param("q")))
	if q == "" || tooLong(q, maxName) {
		return invalid("The parameter q is needed, of at most 200 characters.")
	}
	var exact, part []any
	for _, a := range s.state.accounts {
		switch {
		case a.isCalled(q):
			exact = append(exact, s.show(a))
		case strings.Contains(strings.ToLower(a.customer.Name), q):
			part = append(part, s.show(a))
		}
	}
	return page(r, append(exact, part...))
}

// isCalled says whether the lower-case text q is one of the account's own names.
func (a *account) isCalled(q string) bool {
	c := a.customer
	if strings.ToLower(c.Number) == q || strings.ToLower(c.ExternalRef) == q || strings.ToLower(c.Name) == q {
		return true
	}
	for _, m := range c.Addresses {
		if strings.ToLower(m.Email) == q {
			return true
		}
	}
	for _, v := range a.services {
		for _, d := range v.Domains {
			if v.State != "cancelled" && strings.ToLower(d) == q {
				return true
			}
		}
	}
	return false
}

// listNonPayers lists the customers with the status (nonPayer=true) or without it (false).
func (s *Server) listNonPayers(r *request) answer {
	want, err := strconv.ParseBool(r.param("nonPayer"))
	if err != nil || r.param("q") != "" {
		return invalid("nonPayer is true or false, and comes without q.")
	}
	var found []any
	for _, a := range s.state.accounts {
		if (a.customer.NonPayer != nil) == want {
			found = append(found, s.show(a))
		}
	}
	return page(r, found)
}

func (s *Server) getCustomer(r *request) answer {
	a := s.state.byID(r.id)
	if a == nil {
		return notFound("customer", r.id)
	}
	return reply(http.StatusOK, s.show(a))
}

// show is the customer as the contract gives it, with what is counted at the moment of asking.
func (s *Server) show(a *account) Customer {
	c := a.customer
	c.URL = s.link("customers", c.ID)
	c.Domains = 0
	for _, v := range a.services {
		if v.State != "cancelled" {
			c.Domains += len(v.Domains)
		}
	}
	return c
}

// link is the address of a page for people; empty while nobody has said where the pages are.
func (s *Server) link(parts ...string) string {
	if s.options.BaseURL == "" {
		return ""
	}
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return s.options.BaseURL + "/" + strings.Join(parts, "/")
}

// page gives one page of a list.
func page(r *request, all []any) answer {
	return pageAs(r, all, func(part []any) []any { return part })
}

// pageAs gives one page of a list, its entries put in another order by arrange. The cursor is the place to go on at; the next page is named by a Link header that is
// relative to the address asked for, so that it holds behind any proxy.
func pageAs(r *request, all []any, arrange func([]any) []any) answer {
	limit, from := pageSize, 0
	if v := r.param("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 200 {
			return invalid("limit is a number from 1 to 200.")
		}
		limit = n
	}
	if v := r.param("cursor"); v != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(v, "p"))
		if err != nil || n < 0 {
			return invalid("This cursor is not one of ours.")
		}
		from = n
	}
	from = min(from, len(all))
	to := min(from+limit, len(all))
	part := arrange(all[from:to])
	if part == nil {
		part = []any{}
	}
	a := reply(http.StatusOK, part)
	a.header["Total-Count"] = strconv.Itoa(len(all))
	if to < len(all) {
		next := url.Values(r.query)
		next.Set("cursor", "p"+strconv.Itoa(to))
		a.header["Link"] = "<?" + next.Encode() + `>; rel="next"`
	}
	return a
}
