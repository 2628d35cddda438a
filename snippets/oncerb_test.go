package snippets

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestLineFormsOnCerb records what a real Cerb makes of every line form, holds it against the list, and sends each form cleaned:
// Cerb must then change nothing. All of it goes into one new ticket that is mailed to nobody (dont_send). It runs when
// CERB_URL (…/index.php/rest), CERB_ACCESS_KEY, CERB_SECRET_KEY and CERB_GROUP are set; -update rewrites the verdicts.
func TestLineFormsOnCerb(t *testing.T) {
	cerb := cerbFromEnvironment(t)
	forms := lineForms(t)
	for i, form := range forms {
		verdict := cerb.verdict(t, form.text)
		if verdict != form.verdict && !*update {
			t.Errorf("%q: Cerb's verdict is %s, the list says %s", form.text, verdict, form.verdict)
		}
		forms[i].verdict = verdict
		text := Clean("before\n"+form.text+"\nafter\n", "", nil).Text
		if got := cerb.reply(t, text); strings.TrimSpace(got) != strings.TrimSpace(strings.ToValidUTF8(text, "?")) {
			t.Errorf("%q: cleaned to %q, Cerb made %q of it", form.text, text, got)
		}
	}
	if *update {
		rewriteVerdicts(t, forms)
	}
}

// TestLettersOnCerb holds that a letter leaves Cerb as it was rendered, with hostile values and without.
func TestLettersOnCerb(t *testing.T) {
	cerb := cerbFromEnvironment(t)
	set := loadEmbedded(t)
	for _, k := range keys() {
		usual, bad := followUp(k.kind, k.lang), Sample(k.kind, k.lang)
		if k.kind == KindNotice {
			usual = situation(k.lang)
		}
		poison(&bad, poisonText)
		for _, f := range []Facts{usual, bad} {
			text, err := set.Of(k.kind).Render(f)
			if err != nil {
				t.Fatal(err)
			}
			source, _ := set.Of(k.kind).Source(k.lang)
			if got := cerb.reply(t, Clean(text, source, nil).Text); strings.TrimSpace(got) != strings.TrimSpace(text) {
				t.Errorf("%s: rendered\n%s\nCerb made of it\n%s", k.name(), text, got)
			}
		}
	}
}

// TestHelpdeskLettersOnCerb holds that Cerb's own template engine makes of a letter's snippet what we would have sent. Its
// snippets are deleted afterwards.
func TestHelpdeskLettersOnCerb(t *testing.T) {
	cerb := cerbFromEnvironment(t)
	set := loadEmbedded(t)
	for _, k := range keys() {
		f := specimens(k)[1]
		source := set.Of(k.kind).HelpdeskSource(k.lang)
		made := cerb.call(t, "POST", "records/snippet/create.json", nil, url.Values{"fields[title]": {"Test " + k.name()}, "fields[content]": {source},
			"fields[context]": {"cerberusweb.contexts.ticket"}, "fields[owner__context]": {"app"}, "fields[owner_id]": {"0"}})
		id := fmt.Sprint(made["id"])
		prompts, filled := url.Values{"context_id": {cerb.ticket}}, source
		for name, value := range f.ValuesFor(k.kind) {
			prompts.Set("prompts[prompt_"+name+"]", value)
			filled = strings.ReplaceAll(filled, "{{prompt_"+name+"}}", value)
		}
		filled = strings.NewReplacer("{% if prompt_agent %}", "", "{% endif %}\n", "").Replace(filled)
		if got := fmt.Sprint(cerb.call(t, "GET", "snippets/"+id+".json", prompts, nil)["content"]); strings.TrimSpace(got) != strings.TrimSpace(filled) {
			t.Errorf("%s: Cerb made\n%s\nof\n%s", k.name(), got, filled)
		}
		if k.kind == KindNeutral { // as an agent inserts it by hand
			byHand := fmt.Sprint(cerb.call(t, "GET", "snippets/"+id+".json", url.Values{"context_id": {cerb.ticket}}, nil)["content"])
			if strings.Contains(byHand, "{{") || !strings.HasSuffix(strings.ReplaceAll(byHand, "\r", ""), "\n\n\n#signature\n") {
				t.Errorf("%s: by hand it is %q", k.name(), byHand)
			}
		}
		cerb.call(t, "DELETE", "records/snippet/"+id+".json", nil, nil)
	}
}

// liveCerb is a ticket on a running Cerb.
type liveCerb struct {
	url, access, secret string
	ticket, message     string
}

func cerbFromEnvironment(t *testing.T) *liveCerb {
	t.Helper()
	c := &liveCerb{url: os.Getenv("CERB_URL"), access: os.Getenv("CERB_ACCESS_KEY"), secret: os.Getenv("CERB_SECRET_KEY")}
	group := os.Getenv("CERB_GROUP")
	if c.url == "" || c.access == "" || c.secret == "" || group == "" {
		t.Skip("CERB_URL, CERB_ACCESS_KEY, CERB_SECRET_KEY and CERB_GROUP aren't set: no Cerb to ask")
	}
	found := c.call(t, "GET", "records/group/search.json", url.Values{"q": {"name:" + strconv.Quote(group)}}, nil)
	made := c.call(t, "POST", "tickets/compose.json", nil, url.Values{
		"group_id": {fmt.Sprint(result(t, found)["id"])}, "to": {"lineforms@aanmaner.example"}, "subject": {"Line forms"},
		"content": {"ORIGINAL-TEXT"}, "dont_send": {"1"}, "status": {"0"}})
	c.ticket, c.message = fmt.Sprint(made["id"]), fmt.Sprint(made["initial_message_id"])
	return c
}

// reply records a text as a reply and gives it back as Cerb made it.
func (c *liveCerb) reply(t *testing.T, text string) string {
	t.Helper()
	c.call(t, "POST", "tickets/reply.json", nil, url.Values{"message_id": {c.message}, "content": {text}, "status": {"1"}, "dont_send": {"1"}})
	found := c.call(t, "GET", "records/message/search.json", url.Values{"q": {"ticket.id:" + c.ticket + " sort:-id"}, "limit": {"1"}, "expand": {"content"}}, nil)
	return fmt.Sprint(result(t, found)["content"])
}

// verdict sends a form as it stands.
func (c *liveCerb) verdict(t *testing.T, form string) string {
	t.Helper()
	sent := "before\n" + form + "\nafter\n"
	got := c.reply(t, sent)
	switch {
	case strings.TrimRight(got, "\n") == strings.TrimRight(strings.ToValidUTF8(unixLines(sent), "?"), "\n"):
		return "mailed"
	case strings.Contains(got, "ORIGINAL-TEXT"):
		return "original"
	case strings.Contains(got, "-- \n"):
		return "signature"
	}
	return "acted"
}

// call makes one signed call, one minute at most, and fails the test when it isn't a success.
func (c *liveCerb) call(t *testing.T, verb, path string, query, form url.Values) map[string]any {
	t.Helper()
	target, err := url.Parse(c.url + "/" + path)
	if err != nil {
		t.Fatal(err)
	}
	target.RawQuery = query.Encode() // sorted by name, as the signature wants it
	body, date := form.Encode(), time.Now().UTC().Format(http.TimeFormat)
	secret := md5.Sum([]byte(c.secret))
	sum := md5.Sum([]byte(strings.Join([]string{verb, date, target.EscapedPath(), target.RawQuery, body, hex.EncodeToString(secret[:]), ""}, "\n")))
	req, err := http.NewRequestWithContext(t.Context(), verb, target.String(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Date", date)
	req.Header.Set("Cerb-Auth", c.access+":"+hex.EncodeToString(sum[:]))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer := map[string]any{}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 4<<20)).Decode(&answer); err != nil || answer["__status"] != "success" {
		t.Fatalf("%s %s: %v, %v", verb, path, answer["message"], err)
	}
	return answer
}

// result is the first record of a search.
func result(t *testing.T, found map[string]any) map[string]any {
	t.Helper()
	list, _ := found["results"].([]any)
	if len(list) == 0 {
		t.Fatal("Cerb found nothing")
	}
	record, _ := list[0].(map[string]any)
	return record
}

// rewriteVerdicts writes the list again with Cerb's verdicts of today. The heading stays: whoever records on another
// release changes its name there.
func rewriteVerdicts(t *testing.T, forms []lineForm) {
	t.Helper()
	raw, err := os.ReadFile(lineFormsFile)
	if err != nil {
		t.Fatal(err)
	}
	heading, _, _ := strings.Cut(string(raw), "\n\n")
	out := heading + "\n\n"
	for _, f := range forms {
		ours := "stays"
		if len(Clean(f.text, "", nil).Removed) > 0 {
			ours = "goes"
		}
		out += fmt.Sprintf("%-9s %-5s %s\n", f.verdict, ours, strconv.QuoteToASCII(f.text))
	}
	if err := os.WriteFile(lineFormsFile, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
}
