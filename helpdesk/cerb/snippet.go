package cerb

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// snippetRecord is a snippet. Its content is false when Cerb could not build its template.
type snippetRecord struct {
	row
	Title   text `json:"title"`
	Content text `json:"content"`
	Context text `json:"context"`
}

// Render fills in the first snippet found. Cerb does the filling in; what it would pass over in silence (a name that it
// doesn't know, a template that does not parse) is refused here.
func (c *Client) Render(ctx context.Context, r helpdesk.Render) (helpdesk.Rendered, error) {
	op := "render snippet " + strings.Join(r.Titles, ", ")
	for name := range r.Values {
		if !plainName(name) {
			return helpdesk.Rendered{}, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: "A value's name is letters, digits and _: " + name}
		}
	}
	for _, title := range r.Titles {
		found, err := c.snippets(ctx, op, title)
		if err != nil {
			return helpdesk.Rendered{}, err
		}
		if len(found) == 1 {
			return c.render(ctx, op, found[0], r)
		}
		if len(found) > 1 {
			return helpdesk.Rendered{}, templateError(op, found[0], fmt.Sprintf("there are %d snippets of that title; all but one must get another", len(found)))
		}
	}
	return helpdesk.Rendered{}, &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: op,
		Sentence: "Cerb has no snippet called " + strings.Join(r.Titles, " or ") + "."}
}

// snippets finds those of a title, trimmed and in any case. The search is wider; what comes back is compared.
func (c *Client) snippets(ctx context.Context, op, title string) ([]snippetRecord, error) {
	title = strings.TrimSpace(title)
	if title == "" {
		return nil, nil
	}
	all, err := searchAll[snippetRecord](ctx, c, op, "snippet", search{}.contains("title", title), "")
	if err != nil {
		return nil, err
	}
	return titled(all, title), nil
}

// titled picks those of a title out of what a wider search brought.
func titled(all []snippetRecord, title string) (out []snippetRecord) {
	for _, s := range all {
		if strings.EqualFold(strings.TrimSpace(string(s.Title)), strings.TrimSpace(title)) {
			out = append(out, s)
		}
	}
	return out
}

func (c *Client) render(ctx context.Context, op string, s snippetRecord, r helpdesk.Render) (helpdesk.Rendered, error) {
	switch {
	case s.Context == "ticket":
		return helpdesk.Rendered{}, templateError(op, s, "its record type is written \"ticket\", which Cerb can't render: open the snippet in Cerb, choose Ticket as its type again and save it")
	case s.Context != ticketContext && s.Context != "":
		return helpdesk.Rendered{}, templateError(op, s, "it is made for "+string(s.Context)+", not for tickets")
	}
	if err := checkTemplate(string(s.Content), r.Values, c.cfg.AllowedPlaceholders); err != nil {
		return helpdesk.Rendered{}, templateError(op, s, err.Error())
	}
	var got snippetRecord
	err := c.do(ctx, call{op: op, method: http.MethodGet, path: "snippets/" + s.ID.id() + ".json", query: renderQuery(s, r)}, &got)
	if err != nil {
		return helpdesk.Rendered{}, err
	}
	if strings.TrimSpace(string(got.Content)) == "" {
		return helpdesk.Rendered{}, templateError(op, s, "Cerb makes nothing of it: it is empty, or has a fault that Cerb does not name")
	}
	return helpdesk.Rendered{SnippetID: s.ID.id(), Title: string(s.Title), Template: string(s.Content), Text: string(got.Content)}, nil
}

// renderQuery gives each value under both names a template may use, prompt_<name> and <name>. There is always at least
// one prompt: without prompts and ticket Cerb gives back the raw template. A snippet for no record type takes no ticket.
func renderQuery(s snippetRecord, r helpdesk.Render) []param {
	query := []param{{"prompts[" + promptPrefix + "]", ""}}
	if r.TicketID != "" && s.Context != "" {
		query = append(query, param{"context_id", r.TicketID})
	}
	for name, value := range r.Values {
		query = append(query, param{"prompts[" + promptPrefix + name + "]", value})
		if strings.Contains(string(s.Content), name) {
			query = append(query, param{"prompts[" + name + "]", value})
		}
	}
	return query
}

// plainName keeps a value's name from being anything but a name in the query of the call.
func plainName(name string) bool {
	return filterName("x"+strings.ReplaceAll(strings.ToLower(name), "_", "")) != "" && name != ""
}

func templateError(op string, s snippetRecord, reason string) error {
	return &helpdesk.Error{Kind: helpdesk.ErrTemplate, Op: op,
		Sentence: fmt.Sprintf("The snippet %q (%s in Cerb) can't be used: %s.", strings.TrimSpace(string(s.Title)), s.ID.id(), reason)}
}
