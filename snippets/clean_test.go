package snippets

import (
	"slices"
	"testing"
)

func TestSignatureLineGoesWhole(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Beste klant,\n\ntekst\n\n#signature\n", "Beste klant,\n\ntekst\n\n"},
		{"a\n#signature\nb", "a\nb"},
		{"a\r\n#signature \r\nb\r\n", "a\nb\n"},
		{"klant\r#signature\rb", "klant\nb"},
		{"a\u2028#signature\u2028b", "a\u2028b"},
		{"#signature\u2028b", "b"},
		{"a\u2028#sig", "a"},
		{"#signature", ""},
	} {
		got := Clean(tt.text, tt.text, nil)
		if got.Text != tt.want || len(got.Removed) != 1 {
			t.Errorf("Clean(%q) = %q, removed %q; want %q", tt.text, got.Text, got.Removed, tt.want)
		}
	}
}

func TestSignatureThatHidACommandDoesNotSetItFree(t *testing.T) {
	got := Clean("a\n#signature\u2028#comment x\nb\n", "", nil)
	if got.Text != "a\nb\n" {
		t.Errorf("got %q", got.Text)
	}
}

func TestTextWithoutCommandsComesOutAsItWas(t *testing.T) {
	for _, text := range []string{
		"", "\n", "a", "a\n\n\nb", " a\t \n\u00a0b\u2028c\u200bd\n", "€\u00a01.234,56 # 3\n# kop\n#\n#1 van 2\n", "kleur #signature blauw\n",
		"mail\xffbox\n", "vak#signature\n", "#hashtag\n", "#signatures of 3\n", "a\vb\fc\u0085d\n",
	} {
		if got := Clean(text, "", nil); got.Text != text || got.Removed != nil {
			t.Errorf("Clean(%q) = %q, removed %q", text, got.Text, got.Removed)
		}
	}
	if got := Clean("a\r\nb\rc\n\r", "", nil).Text; got != "a\nb\nc\n\n" {
		t.Errorf("line endings: %q", got)
	}
}

func TestCommandStaysOnlyIfTheTemplateWroteItAndConfigAllows(t *testing.T) {
	template := "Beste {{.Customer}},\n#comment nagekeken\n#watch\n#comment klant {{.Customer}}\n"
	text := "Beste Jansen,\n#comment nagekeken\n#watch\n#comment klant Jansen\n#comment ingevoegd\n"
	got := Clean(text, template, []string{"comment"})
	if want := "Beste Jansen,\n#comment nagekeken\n"; got.Text != want {
		t.Errorf("got %q, want %q", got.Text, want)
	}
	if want := []string{"#watch", "#comment klant Jansen", "#comment ingevoegd"}; !slices.Equal(got.Removed, want) {
		t.Errorf("removed %q, want %q", got.Removed, want)
	}
	if got := Clean(text, template, nil).Text; got != "Beste Jansen,\n" {
		t.Errorf("nothing allowed: %q", got)
	}
}

func TestTemplatesBlockGoesWithItsCommand(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"comment", "a\n#start comment\ninterne opmerking\n#end\nb\n", "a\nb\n"},
		{"note, ended as Cerb ends it", "a\n#start note\nintern\n#endnote\nb\n", "a\nb\n"},
		{"a blank behind, which Cerb would mail", "a\n#start comment \nintern\n#end\nb\n", "a\nb\n"},
		{"never ended", "a\n#start comment\nintern\n", "a"},
		{"misspelt and never ended", "a\n #start comment\nb\n", "a\nb\n"},
		{"cut", "a\n#cut\nb\n#comment c\n", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Clean(tt.text, tt.text, nil).Text; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestForeignCommandCannotHideTheRest(t *testing.T) {
	for _, command := range []string{"#cut", "#start comment", "#start note"} {
		if got := Clean("a\n"+command+"\nbetaal vóór 21 december\n#end\n", "a\nb\n", []string{"cut", "start"}).Text; got != "a\nbetaal vóór 21 december\n" {
			t.Errorf("%s: %q", command, got)
		}
	}
}

func TestKeptCommentEndsWhereTheTemplateEndsIt(t *testing.T) {
	template := "a\n#start comment\nklant {{.Customer}}\n#end\nb\n"
	text := "a\n#start comment\nklant Jansen\n#end of\n#cut\n#signature\nrest\n#end\nb\n"
	got := Clean(text, template, []string{"start"})
	if want := "a\n#start comment\nklant Jansen\nrest\n#end\nb\n"; got.Text != want {
		t.Errorf("got %q, want %q", got.Text, want)
	}
	for _, unfit := range []string{"a\n#start comment\n#end\nb\n", "a\n#start comment\n#signature\n#end\nb\n"} {
		if got := Clean(unfit, unfit, []string{"start"}).Text; got != "a\nb\n" {
			t.Errorf("an empty comment, which Cerb would mail as it stands: %q", got)
		}
	}
}

func TestKeptCommentIsWrittenAsCerbReadsIt(t *testing.T) {
	for start, kept := range map[string]bool{"#start comment": true, "#start\tnote": true, "#start\vcomment": true, "#startcomment": false,
		"#start comment ": false, "#Start comment": false, " #start comment": false, "#start\u00a0comment": false} {
		text := "a\n" + start + "\nlastig\n#end\nb\n"
		want := "a\nb\n"
		if kept {
			want = text
		}
		if start == "#startcomment" { // no command at all: Cerb mails it, and what follows
			want = "a\n#startcomment\nlastig\nb\n"
		}
		if got := Clean(text, text, []string{"start"}).Text; got != want {
			t.Errorf("%q: %q", start, got)
		}
	}
}

func TestCommentThatCerbWouldMailIsNeverKept(t *testing.T) {
	for _, line := range []string{" #comment lastig", "#Comment lastig", "\ufeff#comment lastig", "#original_message ", "\u00a0#START comment"} {
		if got := Clean("a\n"+line+"\n", line, []string{"comment", "start", "original_message"}); got.Text != "a\n" {
			t.Errorf("%q: %q", line, got.Text)
		}
	}
}
