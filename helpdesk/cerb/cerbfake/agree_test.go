package cerbfake

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTheDoubleAnswersAsALiveCerbDoes asks a running Cerb and the double the same things, one after the other, and
// compares the answers: status, content type, keys and types everywhere, and all values but ids, times and what chance
// makes. It opens tickets there, so use a Cerb that is for trying out.
//
//	CERB_URL, CERB_ACCESS_KEY, CERB_SECRET_KEY   needed; the key must be an administrator's
//	CERB_GROUP, CERB_AGENT, CERB_OUTSIDER        default Billing; an agent in the group; one who isn't
//	CERB_OUTSIDER_KEYS                           the outsider's own key and secret, "key:secret"; without it he asks nothing
//	CERB_HOOK                                    as in the live test of the client; without it the mail server stays up
func TestTheDoubleAnswersAsALiveCerbDoes(t *testing.T) {
	for _, name := range []string{"CERB_URL", "CERB_ACCESS_KEY", "CERB_SECRET_KEY", "CERB_AGENT", "CERB_OUTSIDER"} {
		if os.Getenv(name) == "" {
			t.Skip("set CERB_URL, CERB_ACCESS_KEY, CERB_SECRET_KEY, CERB_AGENT and CERB_OUTSIDER to hold the double to a live Cerb")
		}
	}
	stem := "zz" + strings.ToLower(newToken()[:8])
	stem = regexp.MustCompile(`[^a-z0-9]`).ReplaceAllString(stem, "q")
	live, mine := liveWorld(stem), doubleWorld(t, stem)
	for _, part := range agreement() {
		t.Run(part.name, func(t *testing.T) {
			if part.hook && os.Getenv("CERB_HOOK") == "" {
				t.Skip("set CERB_HOOK to a command that switches Cerb's mail server and database")
			}
			for i, q := range part.asks {
				if q.as == "outsider" && os.Getenv("CERB_OUTSIDER_KEYS") == "" {
					continue
				}
				if q.do != "" {
					live.do(t, q.do)
					mine.do(t, q.do)
					continue
				}
				a, b := live.ask(t, q), mine.ask(t, q)
				for _, d := range unlike("", a, b, q.ignore) {
					t.Errorf("%d: %s %s %q: %s", i+1, q.method, q.path, q.form, d)
				}
			}
		})
	}
}

// world is a Cerb, running or double.
type world struct {
	url     string
	client  *http.Client
	keys    map[string][2]string // who → key and secret
	known   map[string]string    // ~name~ in what is asked → its value here
	control func(t *testing.T, words []string)
}

// ask is one call. Names between tildes, in path and form, are filled in from what was saved before.
type ask struct {
	as           string // "" is the bot
	method, path string
	form         []string          // name, value, name, value …: the query of a GET, else the body
	save         map[string]string // name → where in the answer: "results.0.id"
	ignore       string            // a regular expression of paths in the answer that can't be alike
	do           string            // instead of a call: something that the hook does
}

func liveWorld(stem string) *world {
	w := &world{url: os.Getenv("CERB_URL"), client: &http.Client{Timeout: time.Minute}, keys: map[string][2]string{
		"": {os.Getenv("CERB_ACCESS_KEY"), os.Getenv("CERB_SECRET_KEY")},
	}}
	key, secret, _ := strings.Cut(os.Getenv("CERB_OUTSIDER_KEYS"), ":")
	w.keys["outsider"] = [2]string{key, secret}
	w.known = map[string]string{"stem": stem, "agent-mail": os.Getenv("CERB_AGENT"), "outsider-mail": os.Getenv("CERB_OUTSIDER")}
	w.control = func(t *testing.T, words []string) {
		t.Helper()
		cmd := exec.Command(os.Getenv("CERB_HOOK"), words...)
		cmd.WaitDelay = 10 * time.Second
		if err := cmd.Run(); err != nil {
			t.Errorf("%v: %v", words, err)
		}
	}
	return w
}

func doubleWorld(t *testing.T, stem string) *world {
	t.Helper()
	mails := newMailbox(t)
	s := New(Options{SMTPAddr: mails.addr, StrictSQL: true})
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	sales := s.AddGroup(Group{Name: "Sales", From: "sales@cerb.example", Personal: "{{first_name}} at Hoster"})
	billing := s.AddGroup(Group{Name: "Billing", From: "billing@cerb.example", Personal: "{{first_name}} at Hoster", Signature: "-- \nBilling team\n{{first_name}}"})
	s.AddBucket(Bucket{GroupID: billing, Name: "Invoices"})
	s.AddWorker(Worker{Email: "bot@cerb.example", Name: "Bot Admin", Mention: "Bot", Title: "Administrator", Superuser: true, Groups: []int{billing, sales}, AccessKey: "k", SecretKey: "s"})
	s.AddWorker(Worker{Email: os.Getenv("CERB_AGENT"), Name: "Sanne Visser", Title: "Billing agent", Groups: []int{billing}})
	s.AddWorker(Worker{Email: os.Getenv("CERB_OUTSIDER"), Name: "Bram Bakker", Title: "Sales agent", Groups: []int{sales}, AccessKey: "b", SecretKey: "b"})
	s.AddCustomField(CustomField{Name: "Termination case", URI: "termination_case"})
	for i := range 12 { // a database that isn't empty
		s.AddAddress(Address{Email: fmt.Sprintf("someone%d@else.example", i)})
	}
	return &world{
		url: web.URL + "/index.php/rest", client: web.Client(), keys: map[string][2]string{"": {"k", "s"}, "outsider": {"b", "b"}},
		known:   map[string]string{"stem": stem, "agent-mail": os.Getenv("CERB_AGENT"), "outsider-mail": os.Getenv("CERB_OUTSIDER")},
		control: func(t *testing.T, words []string) { controlDouble(t, s, words) },
	}
}

// controlDouble does to the double what the hook does to a running Cerb.
func controlDouble(t *testing.T, s *Server, words []string) {
	t.Helper()
	switch strings.Join(words, " ") {
	case "mail-up":
		s.SetMailMode(MailOK)
	case "mail-down":
		s.SetMailMode(MailDown)
	case "mail reject-rcpt":
		s.SetMailMode(MailRejectRecipient)
	case "mail tempfail":
		s.SetMailMode(MailTempFail)
	case "mail reject-data":
		s.SetMailMode(MailRejectData)
	case "mail drop-after-data":
		s.SetMailMode(MailDropAfterData)
	case "sql strict":
		s.SetStrictSQL(true)
	case "sql lax":
		s.SetStrictSQL(false)
	case "cron":
		s.CronNow(t.Context())
	default:
		t.Fatalf("the double can't %v", words)
	}
}

func (w *world) do(t *testing.T, what string) {
	t.Helper()
	w.control(t, strings.Fields(what))
}

var aName = regexp.MustCompile(`~([a-z-]+)~`)

func (w *world) fill(text string) string {
	return aName.ReplaceAllStringFunc(text, func(name string) string {
		if v, ok := w.known[strings.Trim(name, "~")]; ok {
			return v
		}
		return name
	})
}

// ask makes a call, keeps what is to be saved of its answer, and gives status, content type and body as one value.
func (w *world) ask(t *testing.T, q ask) any {
	t.Helper()
	var parts []string
	for i := 0; i+1 < len(q.form); i += 2 {
		parts = append(parts, url.QueryEscape(w.fill(q.form[i]))+"="+url.QueryEscape(w.fill(q.form[i+1])))
	}
	query, body := "", strings.Join(parts, "&")
	if q.method == "GET" || q.method == "DELETE" {
		query, body = body, ""
	}
	u, err := url.Parse(w.url + "/" + w.fill(q.path))
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = query
	r, err := http.NewRequestWithContext(t.Context(), q.method, u.String(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	date, key := time.Now().UTC().Format(http.TimeFormat), w.keys[q.as]
	r.Header.Set("Date", date)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("Cerb-Auth", key[0]+":"+sign(q.method, date, u.EscapedPath(), query, body, key[1]))
	res, err := w.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := map[string]any{"HTTP": res.StatusCode, "type": res.Header.Get("Content-Type"), "body": string(raw)}
	var o map[string]any
	if json.Unmarshal(raw, &o) == nil {
		answer["body"] = o
	}
	for name, path := range q.save {
		if v := at(o, path); v != "<nil>" { // what was refused leaves the one before
			w.known[name] = v
		}
	}
	return answer
}

// at finds a value in an answer: "results.0.id".
func at(v any, path string) string {
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			v = nil
			if i := intval(step); i < len(x) {
				v = x[i]
			}
		}
	}
	if f, ok := v.(float64); ok {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprint(v)
}

var (
	bookkeeping = regexp.MustCompile(`__(context|type)$`)
	byChance    = regexp.MustCompile(`(^|[._])(id|mask|url|token|created|updated|closed|created_at|updated_at|closed_at|last_opened_at|` +
		`date|message-id|references|in-reply-to|hash_header_message_id|response_time|timezone|_image_url)$|_(id|at)$|elapsed_|__version|__build|_label$`)
	aNumber = regexp.MustCompile(`\d+`)
)

// unlike lists where the double's answer is not like the running Cerb's.
func unlike(path string, live, mine any, ignore string) []string {
	if ignore != "" && regexp.MustCompile(ignore).MatchString(path) {
		return nil
	}
	if fmt.Sprintf("%T", live) != fmt.Sprintf("%T", mine) {
		return []string{fmt.Sprintf("%s: Cerb %T %v, double %T %v", path, live, live, mine, mine)}
	}
	switch live := live.(type) {
	case map[string]any:
		return unlikeObjects(path, live, mine.(map[string]any), ignore)
	case []any:
		mine := mine.([]any)
		if len(live) != len(mine) {
			return []string{fmt.Sprintf("%s: Cerb %d of them, double %d", path, len(live), len(mine))}
		}
		var out []string
		for i := range live {
			out = append(out, unlike(fmt.Sprintf("%s.%d", path, i), live[i], mine[i], ignore)...)
		}
		return out
	case string:
		if a, b := aNumber.ReplaceAllString(live, "N"), aNumber.ReplaceAllString(mine.(string), "N"); a == b || byChance.MatchString(path) {
			return nil
		}
	default:
		if live == mine || byChance.MatchString(path) {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: Cerb %q, double %q", path, fmt.Sprint(live), fmt.Sprint(mine))}
}

func unlikeObjects(path string, live, mine map[string]any, ignore string) []string {
	if live["__status"] != mine["__status"] {
		return []string{fmt.Sprintf("Cerb %v %v, double %v %v", live["__status"], live["message"], mine["__status"], mine["message"])}
	}
	var out []string
	byID := len(live) > 0 && len(live) == len(mine) // {"8": …} and {"3": …}: by place
	for k := range live {
		byID = byID && aNumber.FindString(k) == k
	}
	if byID && len(live) == 1 {
		for _, a := range live {
			for _, b := range mine {
				return unlike(path+".N", a, b, ignore)
			}
		}
	}
	for k, v := range live {
		if bookkeeping.MatchString(k) {
			continue
		}
		other, there := mine[k]
		if !there {
			out = append(out, fmt.Sprintf("%s.%s: the double lacks it; Cerb has %v", path, k, v))
			continue
		}
		out = append(out, unlike(path+"."+k, v, other, ignore)...)
	}
	for k, v := range mine {
		if _, there := live[k]; !there {
			out = append(out, fmt.Sprintf("%s.%s: only the double has it: %v", path, k, v))
		}
	}
	return out
}
