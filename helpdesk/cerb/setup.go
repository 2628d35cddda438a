package cerb

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// Setup shows and makes what the procedure needs in a Cerb: the custom field that keeps the case's key, and the snippets.
// It only adds; what exists is never touched, and reported when it can't be used.
type Setup struct {
	Client   *Client
	Snippets []SetupSnippet
}

// SetupSnippet is a snippet to be made where there is none of its title.
type SetupSnippet struct{ Title, Text string }

// SetupState says what is to be done about one thing.
type SetupState string

// The states of a thing that the procedure needs.
const (
	Present  SetupState = "present"  // there, and fit for use
	Missing  SetupState = "missing"  // Apply makes it
	Unusable SetupState = "unusable" // there, but a person has to mend it first
)

// SetupItem is one thing that the procedure needs.
type SetupItem struct {
	Kind  string // "custom field" or "snippet"
	Name  string
	State SetupState
	Note  string // with Unusable: what is wrong, a sentence for the operator

	make call
}

// SetupPlan is what Plan found, in the order in which Apply makes it.
type SetupPlan struct{ Items []SetupItem }

// Done reports whether nothing is missing or unusable.
func (p SetupPlan) Done() bool {
	for _, item := range p.Items {
		if item.State != Present {
			return false
		}
	}
	return true
}

// Plan looks at what is there. It writes nothing.
func (s Setup) Plan(ctx context.Context) (SetupPlan, error) {
	field, err := s.planField(ctx)
	if err != nil {
		return SetupPlan{}, err
	}
	plan := SetupPlan{Items: []SetupItem{field}}
	find, err := s.finder(ctx)
	if err != nil {
		return SetupPlan{}, err
	}
	for _, snippet := range s.Snippets {
		item, err := planSnippet(snippet, find)
		if err != nil {
			return SetupPlan{}, err
		}
		plan.Items = append(plan.Items, item)
	}
	return plan, nil
}

// finder gives what finds the snippets of a title. Titles that begin alike are asked for together: there may be dozens.
func (s Setup) finder(ctx context.Context) (func(title string) ([]snippetRecord, error), error) {
	each := func(title string) ([]snippetRecord, error) {
		return s.Client.snippets(ctx, "look for snippet "+title, title)
	}
	if len(s.Snippets) < 2 {
		return each, nil
	}
	start := strings.TrimSpace(s.Snippets[0].Title)
	for _, snippet := range s.Snippets {
		for !strings.HasPrefix(strings.TrimSpace(snippet.Title), start) {
			start = start[:len(start)-1]
		}
	}
	if start = strings.TrimSpace(strings.ToValidUTF8(start, "")); len(start) < len("snip") {
		return each, nil // next to nothing in common: half of all snippets would match
	}
	all, err := searchAll[snippetRecord](ctx, s.Client, "look for snippets "+start, "snippet", search{}.contains("title", start), "")
	if err != nil {
		return nil, err
	}
	return func(title string) ([]snippetRecord, error) { return titled(all, title), nil }, nil
}

func (s Setup) planField(ctx context.Context) (SetupItem, error) {
	want := s.Client.cfg.CaseField
	item := SetupItem{Kind: "custom field", Name: want.Name, make: call{
		op: "make custom field " + want.Name, path: "records/custom_field/create.json",
		form: []param{{"fields[context]", "ticket"}, {"fields[name]", want.Name}, {"fields[type]", "S"}, {"fields[uri]", want.URI}},
	}}
	usable, others, err := s.Client.caseFields(ctx, "look for custom field "+want.Name)
	switch {
	case err != nil:
		return item, err
	case len(usable) == 1:
		item.State = Present
	case len(usable) > 1:
		item.State, item.Note = Unusable, fmt.Sprintf("There are %d custom fields of that name on tickets.", len(usable))
	case len(others) > 0:
		item.State, item.Note = Unusable, fmt.Sprintf("Custom field %s can't be used: %s.", others[0].ID.id(), others[0].flaw())
	default:
		item.State = Missing
	}
	return item, nil
}

func planSnippet(want SetupSnippet, find func(title string) ([]snippetRecord, error)) (SetupItem, error) {
	item := SetupItem{Kind: "snippet", Name: want.Title, make: call{
		op: "make snippet " + want.Title, path: "records/snippet/create.json",
		form: []param{{"fields[title]", want.Title}, {"fields[context]", ticketContext}, {"fields[content]", want.Text},
			{"fields[owner__context]", "app"}, {"fields[owner_id]", "0"}},
	}}
	found, err := find(want.Title)
	switch {
	case err != nil:
		return item, err
	case len(found) == 0:
		item.State = Missing
	case len(found) > 1:
		item.State, item.Note = Unusable, fmt.Sprintf("There are %d snippets of that title; all but one must get another.", len(found))
	case found[0].Context != ticketContext && found[0].Context != "":
		item.State, item.Note = Unusable, fmt.Sprintf("Snippet %s has the record type %q; choose Ticket in Cerb and save it.", found[0].ID.id(), found[0].Context)
	default:
		item.State = Present
	}
	return item, nil
}

// Apply makes what the plan calls missing, looking again before each, so that a plan that was carried out before makes
// nothing twice. It stops at the first error; ErrUnknown means: plan again and see.
func (s Setup) Apply(ctx context.Context, plan SetupPlan) error {
	if _, err := s.Client.ready(ctx, "set up Cerb"); err != nil {
		return err
	}
	for _, item := range plan.Items {
		if item.State != Missing {
			continue
		}
		now, err := s.again(ctx, item)
		if err != nil {
			return err
		}
		if now.State != Missing {
			continue
		}
		k := now.make
		k.method, k.write, k.refusal = http.MethodPost, true, recordRefusal
		if err := s.Client.do(ctx, k, nil); err != nil {
			return err
		}
	}
	return nil
}

func (s Setup) again(ctx context.Context, item SetupItem) (SetupItem, error) {
	if item.Kind == "custom field" {
		return s.planField(ctx)
	}
	for _, snippet := range s.Snippets {
		if strings.EqualFold(snippet.Title, item.Name) {
			return planSnippet(snippet, func(title string) ([]snippetRecord, error) {
				return s.Client.snippets(ctx, "look for snippet "+title, title)
			})
		}
	}
	return SetupItem{}, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: "set up Cerb", Sentence: "The plan has a snippet that this setup doesn't know: " + item.Name}
}
