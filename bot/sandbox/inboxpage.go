package sandbox

import (
	"html/template"
	"net/http"
)

// inboxPage shows every mail as text. The template escapes all of it.
var inboxPage = template.Must(template.New("inbox").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The customers' inbox</title>
<style>body{font:15px/22px system-ui;max-width:60rem;margin:1rem auto;padding:0 1rem}pre{white-space:pre-wrap;border:1px solid #7d8794;border-radius:6px;padding:12px}</style>
<h1>The customers' inbox</h1>
{{range .}}<section><h2>{{.Subject}}</h2><p>{{.At.Format "2 January 2006 15:04:05"}}, from {{.From}} to {{range .Envelope}}{{.}} {{end}}<br>Message-ID {{.MessageID}}</p><pre>{{.Text}}</pre></section>
{{else}}<p>No mail yet.</p>{{end}}</html>
`))

// ServeHTTP shows the mails, the newest first.
func (in *Inbox) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	mails := in.Mails("")
	newest := make([]Mail, 0, len(mails))
	for n := len(mails) - 1; n >= 0; n-- {
		newest = append(newest, mails[n])
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if err := inboxPage.Execute(w, newest); err != nil {
		http.Error(w, "the page can't be made", http.StatusInternalServerError)
	}
}
