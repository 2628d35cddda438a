package backofficetest

import (
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/backoffice"
)

func noteTests() []subtest {
	return []subtest{
		{"TextComesBackAsItWent", noteIntact, nil},
		{"SecondWithTheSameReferenceIsTheFirst", noteByReference, nil},
		{"KeyAloneMakesItOne", noteByKey, nil},
		{"WithoutKeyAndReferenceItIsRefused", noteWithoutMarker, nil},
		{"NewNoteIsTheLast", noteIsLast, nil},
	}
}

func noteIntact(t *testing.T, b *Bench) {
	b.offers(t, backoffice.OpAddNote)
	for _, text := range []string{
		"Ticket ABC-12345-678\nhttps://cerb.example/profiles/ticket/ABC-12345-678", "", "#signature\n#comment x", `<b>"vet"</b> & <script>alert(1)</script>`,
		"regel één\n\n\tingesprongen  met  spaties", "€ 1.234,56 – 株式会社 \U0001F4B6", strings.Repeat("lang ", 2000) + ".",
	} {
		note := backoffice.NewNote{Title: "betalingsachterstand", Text: text, Author: "Sanne Visser", ExternalRef: newKey()}
		added, changed, err := b.Office.AddNote(within(t), b.Customer, note, newKey())
		if err != nil || !changed {
			t.Errorf("%.20q: changed %t, %v", text, changed, err)
			continue
		}
		if added.Title != note.Title || added.Text != text || added.ExternalRef != note.ExternalRef || added.ID == "" || added.At.IsZero() {
			t.Errorf("%.20q: came back as %+v", text, added)
		}
		if found := noteWith(t, b, note.ExternalRef); found == nil || *found != added {
			t.Errorf("%.20q: is listed as %+v, was added as %+v", text, found, added)
		}
	}
}

// noteWith is the note with a reference, or nil.
func noteWith(t *testing.T, b *Bench, ref string) *backoffice.Note {
	t.Helper()
	for _, n := range must(b.Office.Notes(within(t), b.Customer))(t) {
		if n.ExternalRef == ref {
			return &n
		}
	}
	return nil
}

func noteByReference(t *testing.T, b *Bench) {
	b.offers(t, backoffice.OpAddNote)
	note := backoffice.NewNote{Title: "betalingsachterstand", Text: "Ticket ABC-12345-678", ExternalRef: newKey()}
	first, changed, err := b.Office.AddNote(within(t), b.Customer, note, newKey())
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	note.Title, note.Text = "iets anders", "Ticket XYZ-1"
	second, changed, err := b.Office.AddNote(within(t), b.Customer, note, newKey())
	if err != nil || changed || second != first {
		t.Errorf("changed %t, %v:\n%+v\n%+v", changed, err, first, second)
	}
}

func noteByKey(t *testing.T, b *Bench) {
	b.offers(t, backoffice.OpAddNote)
	key := newKey()
	note := backoffice.NewNote{Title: "suite " + key, Text: "zonder kenmerk"}
	for range 2 {
		if added, _, err := b.Office.AddNote(within(t), b.Customer, note, key); err != nil || added.Title != note.Title {
			t.Fatal(added, err)
		}
	}
	n := 0
	for _, found := range must(b.Office.Notes(within(t), b.Customer))(t) {
		n += isTrue(found.Title == note.Title)
	}
	if n != 1 {
		t.Errorf("one key, %d notes", n)
	}
}

func noteWithoutMarker(t *testing.T, b *Bench) {
	b.offers(t, backoffice.OpAddNote)
	before := len(must(b.Office.Notes(within(t), b.Customer))(t))
	_, changed, err := b.Office.AddNote(within(t), b.Customer, backoffice.NewNote{Title: "suite", Text: "x"}, "")
	isKind(t, "add note", err, backoffice.ErrRefused)
	if changed || backoffice.Sentence(err) == "" {
		t.Errorf("changed %t, error %v; wanted none and a sentence", changed, err)
	}
	if now := len(must(b.Office.Notes(within(t), b.Customer))(t)); now != before {
		t.Errorf("%d notes became %d", before, now)
	}
}

func noteIsLast(t *testing.T, b *Bench) {
	w := addNote()
	at := w.arranged(t, b)
	w.must(t, b, at)
	notes := must(b.Office.Notes(within(t), b.Customer))(t)
	if last := notes[len(notes)-1]; last.ExternalRef != at.ref {
		t.Errorf("the last note is %+v", last)
	}
}
