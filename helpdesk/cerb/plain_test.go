package cerb

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

func isKind(err error, kind string) bool {
	var e *helpdesk.Error
	return errors.As(err, &e) && e.Kind.Error() == kind
}

func sentence(err error) string { return helpdesk.Sentence(err) }

// TestLooseTypes: the same field comes as a number, as text, as null, false or [] from different endpoints.
func TestLooseTypes(t *testing.T) {
	for raw, want := range map[string]whole{
		`4`: 4, `"4"`: 4, `" 4 "`: 4, `4.0`: 4, `"4.0"`: 4, `null`: 0, `false`: 0, `true`: 1, `""`: 0, `[]`: 0, `{}`: 0, `"-3"`: -3, `1795323634`: 1795323634,
	} {
		var n whole
		if err := json.Unmarshal([]byte(raw), &n); err != nil || n != want {
			t.Errorf("number %s gives %d, %v", raw, n, err)
		}
	}
	for _, raw := range []string{`"four"`, `4.5`, `[1]`, `{"a":1}`, `1e400`, `"0x4"`} {
		var n whole
		if err := json.Unmarshal([]byte(raw), &n); err == nil {
			t.Errorf("number %s gives %d", raw, n)
		}
	}
	for raw, want := range map[string]text{`"a"`: "a", `4`: "4", `null`: "", `false`: "", `[]`: "", `true`: "true", `"4"`: "4", `1.5`: "1.5"} {
		var s text
		if err := json.Unmarshal([]byte(raw), &s); err != nil || s != want {
			t.Errorf("text %s gives %q, %v", raw, s, err)
		}
	}
	for raw, want := range map[string]string{`{"1":"a"}`: "a", `[]`: "", `["x","a"]`: "a", `null`: "", `{"1":2}`: "2", `{"1":[]}`: "", `{"1":[1]}`: ""} {
		var f fields
		if err := json.Unmarshal([]byte(raw), &f); err != nil || f.text("1") != want {
			t.Errorf("map %s gives %q, %v", raw, f.text("1"), err)
		}
	}
	for raw, want := range map[string][]int{`[1,2]`: {1, 2}, `{"10":3,"9":2,"1":1}`: {1, 2, 3}, `[]`: nil, `null`: nil, `{}`: nil} {
		var l list[int]
		if err := json.Unmarshal([]byte(raw), &l); err != nil || !slices.Equal(l, want) {
			t.Errorf("list %s gives %v, %v", raw, l, err)
		}
	}
}

func TestIDsAndTimesOfNothing(t *testing.T) {
	if whole(0).id() != "" || whole(-1).id() != "" || whole(7).id() != "7" {
		t.Error("ids")
	}
	if !whole(0).at().IsZero() || !whole(1795323634).at().Equal(time.Unix(1795323634, 0)) {
		t.Error("times")
	}
}

// TestValuesStayInTheirQuotes: the search language has no escape, so what would end a value or run as a template is made a
// wildcard. What it then finds too much is compared by whoever asked.
func TestValuesStayInTheirQuotes(t *testing.T) {
	for value, want := range map[string]string{
		`plain`: `f:"plain"`, `a"b`: `f:"a*b"`, `a\b`: `f:"a*b"`, `{{id}}`: `f:"**id**"`, "a\nb": `f:"a*b"`, "a\xffb": `f:"a*b"`, `x" OR id:>0 OR f:"`: `f:"x* OR id:>0 OR f:*"`, `é€`: `f:"é€"`,
	} {
		if got := (search{}).where("f", value).String(); got != want {
			t.Errorf("%q becomes %s, want %s", value, got, want)
		}
	}
	got := search{}.where("a", "1").within("on.draft", search{}.raw("id", "13")).contains("c", "x").String()
	if got != `a:"1" on.draft:(id:13) c:"*x*"` {
		t.Error(got)
	}
	base := search{}.raw("a", "1")
	if one, two := base.raw("b", "2"), base.raw("c", "3"); one.String() != "a:1 b:2" || two.String() != "a:1 c:3" {
		t.Errorf("%s, %s", one, two)
	}
}

func FuzzValuesStayInTheirQuotes(f *testing.F) {
	f.Add(`" OR id:>0 OR x:"`)
	f.Add("{{id}}\\\x00")
	f.Fuzz(func(t *testing.T, value string) {
		got := (search{}).where("f", value).String()
		if strings.Count(got, `"`) != 2 || !strings.HasSuffix(got, `"`) || strings.ContainsAny(got, "{}\\\r\n") {
			t.Errorf("%q becomes %s", value, got)
		}
	})
}

// TestFilterNamesAreCerbs: a custom field is searched by the camel case of its name, never by its uri.
func TestFilterNamesAreCerbs(t *testing.T) {
	for name, want := range map[string]string{
		"Termination case": "terminationCase", "TERMINATION CASE": "terminationCase", "case": "case", "A b C2": "aBC2",
		"Termination-case": "", "1 case": "", "Zaak é": "", "": "", "a_b": "",
	} {
		if got := filterName(name); got != want {
			t.Errorf("%q is searched by %q, want %q", name, got, want)
		}
	}
}

func TestNumbersAreDigits(t *testing.T) {
	for id, want := range map[string]bool{"7": true, "0": false, "": false, "-1": false, "1x": false, "1/../2": false, "١": false, strings.Repeat("9", 20): false} {
		if number(id) != want {
			t.Errorf("%q: %t", id, !want)
		}
	}
}

func TestReleasesAreCompared(t *testing.T) {
	for version, fits := range map[string]bool{
		"9.3.4": true, "9.3.10": true, "9.4": true, "10.4.10": true, "10": true, "9.3.4-rc1": true, "11.0.1": true,
		"9.3.3": false, "9.3": false, "9": false, "8.9.9": false, "": false, "x.y": false, "9.x.4": false, "-1": false,
	} {
		if err := checkRelease("op", version); (err == nil) != fits || err != nil && !errors.Is(err, helpdesk.ErrTooOld) {
			t.Errorf("%q: %v", version, err)
		}
	}
}

func TestAddressesAreBareAndOne(t *testing.T) {
	for _, good := range []string{"klant@customer.example", "a.b+c@x.co.uk", "o'neil@x.example", "A_B-C@x.example"} {
		if got, err := bareAddress(good); got != good || err != nil {
			t.Errorf("%q: %q, %v", good, got, err)
		}
	}
	for _, bad := range []string{
		"", " a@b.example", "a@b.example ", "a@b", "a b@c.example", "<a@b.example>", "A <a@b.example>", "a@b.example,c@d.example", "a@b.example;c@d.example",
		"a@b.example (x)", "a@b.example\r\nBcc: c@d.example", `"a b"@c.example`, "a..b@c.example", "müller@x.example", "a@[127.0.0.1]", "@b.example", "a@b.example\x00", "a@" + strings.Repeat("b", 260) + ".example",
	} {
		if got, err := bareAddress(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
	for header, want := range map[string]string{
		"Klant <K@x.example>, b@y.example": "k@x.example b@y.example", "": "", " ": "", "k@x.example": "k@x.example",
		"J. (odd <k@x.example>, b@y.example": "k@x.example b@y.example", "undisclosed": "",
	} {
		if got := strings.Join(addresses(header), " "); got != want {
			t.Errorf("%q holds %q, want %q", header, got, want)
		}
	}
}

// TestOpeningTextCarriesNoCommands: Cerb runs lines of the opening text that begin with #, at a lone CR too.
func TestOpeningTextCarriesNoCommands(t *testing.T) {
	for in, want := range map[string]string{
		"#signature": " #signature", "a\r#comment x": "a\n #comment x", "a\r\n#cut\nb": "a\n #cut\nb", "bel #1": "bel #1", " #x": " #x",
	} {
		if got := quiet(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestConfigurationIsCheckedAllAtOnce(t *testing.T) {
	_, err := New(Config{BaseURL: "ftp://x", AccessKey: "a:b", BearerTokenFile: "f", CaseField: CaseField{Name: "x-y"}}, quietLogger())
	for _, part := range []string{"base URL", "not both", "the group", "case field"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not named in %v", part, err)
		}
	}
	for name, cfg := range map[string]Config{
		"no key":     {BaseURL: "https://x/rest", Group: "g"},
		"half a key": {BaseURL: "https://x/rest", Group: "g", AccessKey: "a"},
		"odd key":    {BaseURL: "https://x/rest", Group: "g", AccessKey: "a\n", SecretKey: "s"},
		"user":       {BaseURL: "https://u:p@x/rest", Group: "g", AccessKey: "a", SecretKey: "s"},
		"query":      {BaseURL: "https://x/rest?a=b", Group: "g", AccessKey: "a", SecretKey: "s"},
		"no host":    {BaseURL: "https:///rest", Group: "g", AccessKey: "a", SecretKey: "s"},
		"no url":     {BaseURL: "://", Group: "g", AccessKey: "a", SecretKey: "s"},
	} {
		if _, err := New(cfg, quietLogger()); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := New(Config{BaseURL: "https://x/rest/", Group: "g", AccessKey: "a", SecretKey: "s"}, quietLogger()); err != nil {
		t.Error(err)
	}
}
