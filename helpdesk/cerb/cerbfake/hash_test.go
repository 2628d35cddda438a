package cerbfake

import (
	"strings"
	"testing"
)

// TestHashCommands is a list of lines with what a running Cerb made of them: the text that the customer gets, and the
// comments that they leave.
func TestHashCommands(t *testing.T) {
	for in, want := range map[string]struct {
		text     string
		comments []string
	}{
		"a\n#signature\nb":              {text: "a\nSIG\nb"},
		"#signature ":                   {text: "#signature "},
		" #signature":                   {text: " #signature"},
		"#sig":                          {text: "#sig"},
		"#signature trailing":           {text: "#signature trailing"},
		"#Signature":                    {text: "#Signature"},
		"a\n#comment x y\nb":            {text: "a\nb", comments: []string{"x y"}},
		"klant\r#comment x":             {text: "klant", comments: []string{"x"}},
		"klant\r\n#comment x\r\nb":      {text: "klant\nb", comments: []string{"x"}},
		"#comment":                      {text: "", comments: []string{""}},
		" #comment x":                   {text: " #comment x"},
		"#commentx":                     {text: "#commentx"},
		"a\n#start comment\nb\nc\n#end": {text: "a", comments: []string{"b\nc\n"}},
		"#start comment\nb":             {text: "", comments: []string{"b\n"}},
		"#start comment\n#end\nx":       {text: "#start comment\nx"},
		"#start other\nx\n#end":         {text: "#start other\nx\n#end"},
		"#end":                          {text: "#end"},
		"a\n#cut\nb\n#comment x":        {text: "a", comments: []string{"x"}},
		"#watch\n#unwatch\n#attach x":   {text: ""},
		"![alt](http://x)":              {text: "[http://x alt]"},
		"![](http://x)":                 {text: "[http://x]"},
		"bel #1\n# los":                 {text: "bel #1\n# los"},
	} {
		h := parseHash(in, true)
		if got := h.finish("SIG", ""); got != want.text {
			t.Errorf("%q becomes %q, want %q", in, got, want.text)
		}
		var comments []string
		for _, c := range h.commands {
			comments = append(comments, c.text)
		}
		if strings.Join(comments, "|") != strings.Join(want.comments, "|") || len(comments) != len(want.comments) {
			t.Errorf("%q leaves the comments %q, want %q", in, comments, want.comments)
		}
	}
}

func FuzzHashCommandsEnd(f *testing.F) {
	f.Add("a\n#start comment\n#end\n#comment x\r#cut")
	f.Fuzz(func(t *testing.T, text string) {
		if got := parseHash(text, true).finish("", ""); strings.Contains(got, "\r") {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
