package cerbfake

import (
	"strings"
	"unicode"
)

// ticketContext is the id of the record type ticket, as a snippet that renders must name it.
const ticketContext = "cerberusweb.contexts.ticket"

// CustomField is a field that an installation added to tickets.
type CustomField struct {
	ID   int // 0: the next free one
	Name string
	URI  string
}

// customField is a CustomField with what Cerb adds.
type customField struct {
	CustomField
	typ     string
	updated int64
}

// AddCustomField adds a field of one line of text to the tickets and says under which id.
func (s *Server) AddCustomField(f CustomField) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addCustomField(f, "S").ID
}

func (s *Server) addCustomField(f CustomField, typ string) *customField {
	row := &customField{CustomField: f, typ: typ, updated: s.now()}
	row.ID = s.fields.add(f.ID, row)
	return row
}

// filterName is the name that searches use: "Termination case" is terminationCase. The uri is no filter.
func (f *customField) filterName() string {
	words := strings.FieldsFunc(f.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		w = strings.ToLower(w)
		if i > 0 && w != "" {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		words[i] = w
	}
	return strings.Join(words, "")
}

// createCustomField answers records/custom_field/create.json. Only fields on tickets are known here.
func (s *Server) createCustomField(c *call) answer {
	in := c.params.sub("fields")
	for _, required := range []string{"context", "name", "type", "uri"} {
		if in[required] == "" {
			return s.failure(errParamInvalid, "'"+required+"' is required.")
		}
	}
	for _, f := range s.fields.all() {
		if f.URI == in["uri"] {
			return s.failure(errParamInvalid, "must be unique within the same record type.")
		}
	}
	if in["context"] != "ticket" && in["context"] != ticketContext {
		return s.failure(errParamInvalid, "'context' is not a record type that this double knows.")
	}
	if !c.worker.Superuser {
		return s.failure(errParamInvalid, "You do not have permission to add global custom fields.")
	}
	f := s.addCustomField(CustomField{Name: in["name"], URI: in["uri"]}, in["type"])
	return s.success(s.customFieldView(f))
}

// customFieldView is a custom field as Cerb shows one.
func (s *Server) customFieldView(f *customField) object {
	label := map[string]string{"S": "Text: Single Line", "T": "Text: Multiple Lines"}[f.typ]
	return object{
		"_context": "cerberusweb.contexts.custom_field", "_type": "custom_field", "_label": f.Name,
		"context": ticketContext, "custom_fieldset_id": 0, "id": f.ID, "name": f.Name, "pos": 0,
		"type": f.typ, "type_label": label, "updated_at": f.updated, "uri": f.URI,
		"record_url": s.profileURL("custom_field", permalink(f.ID, f.Name)),
	}
}
