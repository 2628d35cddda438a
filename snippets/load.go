package snippets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSource is the most that a template of a folder may hold, in bytes.
const maxSource = 64 << 10

// Load gives the embedded notices, replaced by the files of the same name in a folder (notice.nl.txt …). An empty dir
// means the embedded ones only. Other .txt files in the folder are refused, since they are most likely a misspelt name;
// files of other kinds are none of our business. Every template is rendered on made-up facts of every kind before it is
// accepted. All faults of the folder come back in one error, each with its file.
func Load(dir string) (*Set, error) {
	set := &Set{notices: map[string]notice{}}
	var faults []error
	for _, lang := range Languages() {
		n, err := embeddedNotice(lang)
		if err != nil {
			return nil, err
		}
		set.notices[lang] = n
	}
	if dir == "" {
		return set, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("snippets folder: %w", err)
	}
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) != ".txt" {
			continue
		}
		lang, n, err := loadNotice(dir, entry.Name())
		if err != nil {
			faults = append(faults, fmt.Errorf("snippets folder: %s: %w", entry.Name(), err))
			continue
		}
		set.notices[lang] = n
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return set, nil
}

// loadNotice reads and tries one file of the folder.
func loadNotice(dir, name string) (string, notice, error) {
	lang, ok := languageOf(name)
	if !ok {
		return "", notice{}, fmt.Errorf("no notice has this name (%s)", strings.Join(noticeNames(), ", "))
	}
	source, err := readLimited(filepath.Join(dir, name))
	if err != nil {
		return "", notice{}, err
	}
	n, err := parseNotice(lang, source)
	if err != nil {
		return "", notice{}, err
	}
	return lang, n, tryNotice(lang, n)
}

// readLimited reads a template that is text and not too long.
func readLimited(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxSource {
		return "", fmt.Errorf("longer than %d bytes", maxSource)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(source) {
		return "", errors.New("not UTF-8 text")
	}
	return strings.TrimPrefix(string(source), "\ufeff"), nil
}

func noticeNames() []string {
	var names []string
	for _, lang := range Languages() {
		names = append(names, noticeName(lang))
	}
	return names
}

func languageOf(name string) (string, bool) {
	i := slices.Index(noticeNames(), name)
	if i < 0 {
		return "", false
	}
	return Languages()[i], true
}

// tryNotice renders a template on facts of every kind, so that a name that doesn't exist is found when the program
// starts and not when a customer is written to.
func tryNotice(lang string, n notice) error {
	for _, f := range specimens(lang) {
		l := newLetter(f)
		if _, err := n.fill(l); err != nil {
			return err
		}
		if len(l.lacking) > 0 {
			return errors.New(strings.Join(l.lacking, ", "))
		}
	}
	return nil
}

// specimens are made-up facts: for a consumer and a business, with and without reminders, services and what may be
// left out.
func specimens(lang string) []Facts {
	full := Facts{
		Language: lang, Customer: "Jansen Bouw B.V.", CustomerNumber: "10234", Agent: "Sanne Visser",
		Company: Company{Name: "Hoster", Phone: "+31 30 123 45 67", Person: "Jacqueline de Vries", Email: "billing@hoster.example",
			PortalURL: "https://portal.hoster.example", Terms: "artikel 7.3", TermsURL: "https://hoster.example/terms"},
		Outstanding: Amount{34000, "EUR"},
		Invoices: []Invoice{
			{Number: "2026-0311", Due: "2026-10-12", Open: Amount{12000, "EUR"}, Reminders: 2, LastReminder: "2026-11-03"},
			{Number: "2026-0340", Due: "2026-10-26", Open: Amount{22000, "EUR"}, Reminders: 1}},
		Suspended: []string{"web01", "db02"}, Cancelled: []string{"web01"}, Ticket: "ABC-12345-678",
		Today: "2026-11-23", SuspendOn: "2026-11-23", CancelOn: "2026-12-21",
	}
	bare := full
	bare.Consumer, bare.Ticket, bare.Company.Email, bare.Company.TermsURL = true, "", "", ""
	bare.Suspended, bare.Cancelled, bare.SuspendOn, bare.CancelOn = nil, nil, "", ""
	bare.Invoices = []Invoice{{Number: "2026-0311", Due: "2026-10-12", Open: Amount{34000, "EUR"}}}
	later, onlySuspended, onlyCancelled := full, full, full
	later.SuspendOn, later.Consumer = "2026-11-27", true
	onlySuspended.Cancelled, onlySuspended.CancelOn = nil, ""
	onlyCancelled.Suspended, onlyCancelled.SuspendOn = nil, ""
	return []Facts{full, bare, later, onlySuspended, onlyCancelled}
}
