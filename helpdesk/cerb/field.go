package cerb

import (
	"context"
	"fmt"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// fieldRecord is a custom field.
type fieldRecord struct {
	row
	Name     text  `json:"name"`
	URI      text  `json:"uri"`
	Context  text  `json:"context"`
	Type     text  `json:"type"`
	Fieldset whole `json:"custom_fieldset_id"`
}

// ticketContext is what Cerb calls tickets. In snippets only this form can be rendered, "ticket" can't.
const ticketContext = "cerberusweb.contexts.ticket"

// flaw says why a field of the right name can't keep the case's key; "" when it can.
func (f fieldRecord) flaw() string {
	switch {
	case f.Context != ticketContext && f.Context != "ticket":
		return fmt.Sprintf("it belongs to %s, not to tickets", f.Context)
	case f.Type != "S":
		return "it is no single line of text"
	case f.Fieldset != 0:
		return "it lies in a fieldset, so that not every ticket has it"
	case filterName(string(f.Name)) == "":
		return "its name has characters that its search filter can't be told from"
	}
	return ""
}

// caseField looks up the field that keeps the case's key. It is never remembered: a field that was renamed or removed has
// another filter or none, and a filter that Cerb doesn't know finds nothing, which must not be read as "no ticket".
func (c *Client) caseField(ctx context.Context) (fieldRecord, error) {
	op := "find custom field " + c.cfg.CaseField.URI
	usable, others, err := c.caseFields(ctx, op)
	switch {
	case err != nil:
		return fieldRecord{}, err
	case len(usable) == 1:
		return usable[0], nil
	case len(usable) > 1:
		return fieldRecord{}, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: fmt.Sprintf(
			"Cerb has %d custom fields of tickets called %q; all but one must get another name.", len(usable), c.cfg.CaseField.Name)}
	case len(others) > 0:
		return fieldRecord{}, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: fmt.Sprintf(
			"Cerb's custom field %q can't be used: %s.", others[0].Name, others[0].flaw())}
	}
	return fieldRecord{}, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: fmt.Sprintf(
		"Cerb has no custom field %q on tickets: run aanmaner setup cerb.", c.cfg.CaseField.Name)}
}

// caseFields finds the fields by name, and when there is none by uri (someone renamed it), usable ones apart from others.
func (c *Client) caseFields(ctx context.Context, op string) (usable, others []fieldRecord, err error) {
	want := c.cfg.CaseField
	for _, by := range []struct {
		filter, value string
		same          func(fieldRecord) bool
	}{
		{"name", want.Name, func(f fieldRecord) bool { return strings.EqualFold(strings.TrimSpace(string(f.Name)), want.Name) }},
		{"uri", want.URI, func(f fieldRecord) bool { return string(f.URI) == want.URI }},
	} {
		found, err := searchAll[fieldRecord](ctx, c, op, "custom_field", search{}.where(by.filter, by.value), "")
		if err != nil {
			return nil, nil, err
		}
		for _, f := range found {
			switch {
			case !by.same(f):
			case f.flaw() == "":
				usable = append(usable, f)
			default:
				others = append(others, f)
			}
		}
		if len(usable) > 0 {
			return usable, others, nil
		}
	}
	return usable, others, nil
}
