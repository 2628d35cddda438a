package inhouse

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/aanmaner/aanmaner/backoffice"
)

// newNote is what is sent for a note.
type newNote struct {
	Title       string `json:"title"`
	Text        string `json:"text"`
	Author      string `json:"author,omitempty"`
	ExternalRef string `json:"externalRef,omitempty"`
}

// AddNote adds a note; one with the same reference is left as it is and given back. Without a key the reference serves as
// one; without either the note is refused, since nobody could find out whether it was added.
func (c *Client) AddNote(ctx context.Context, customerID string, note backoffice.NewNote, key string) (backoffice.Note, bool, error) {
	op := "add note to customer " + customerID
	none := backoffice.Note{}
	if key == "" {
		key = note.ExternalRef
	}
	if key == "" {
		return none, false, refuse(op, "A note needs a key or a reference.")
	}
	if err := c.ready(ctx, op, customerID, backoffice.OpAddNote); err != nil {
		return none, false, err
	}
	if earlier, found, err := c.noteByRef(ctx, op, customerID, note.ExternalRef); err != nil || found {
		return earlier, false, beforeWriteOrNil(op, err)
	}
	res, changed, err := c.write(ctx, op, http.MethodPost, key, newNote(note), "customers", customerID, "notes")
	if err != nil {
		return none, false, err
	}
	if !changed || !res.hasBody() || res.replayed && note.ExternalRef != "" {
		added, err := c.noteAfter(ctx, op, customerID, note.ExternalRef)
		return added, changed && err == nil, err
	}
	added, err := object(res.body, wireNote.note)
	if err != nil {
		return none, false, unreadable(op, err)
	}
	if added.ExternalRef != note.ExternalRef {
		c.log.WarnContext(ctx, "back office gave a note back with another reference: it will not be found again", "op", op, "note", added.ID)
	}
	return added, res.status != http.StatusOK, nil
}

func beforeWriteOrNil(op string, err error) error {
	if err == nil {
		return nil
	}
	return beforeWrite(op, err)
}

// noteByRef looks for the note with a reference. The server may filter; a server that doesn't gives all.
func (c *Client) noteByRef(ctx context.Context, op, customerID, ref string) (backoffice.Note, bool, error) {
	if ref == "" {
		return backoffice.Note{}, false, nil
	}
	all, err := readAll(ctx, c, op, customerID, "notes", url.Values{"externalRef": {ref}}, wireNote.note,
		func(n backoffice.Note) (string, string) { return n.ID, customerID })
	if err != nil {
		return backoffice.Note{}, false, err
	}
	for _, n := range all {
		if n.ExternalRef == ref {
			return n, true, nil
		}
	}
	return backoffice.Note{}, false, nil
}

// noteAfter finds the note that an answer spoke of without giving it.
func (c *Client) noteAfter(ctx context.Context, op, customerID, ref string) (backoffice.Note, error) {
	n, found, err := c.noteByRef(ctx, op, customerID, ref)
	if err == nil && !found {
		err = errors.New("the note that was added can't be found")
	}
	if err != nil {
		return n, afterWrite(op, err)
	}
	return n, nil
}
