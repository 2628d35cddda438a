package slackfake

import (
	_ "embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed pages.html
var pageSource string // the template, embedded

// page is what the template draws.
type page struct {
	Team     string
	Channels []pageChannel
	People   []pagePerson
}

type pageChannel struct {
	Name     string
	Messages []pageMessage
}

type pageMessage struct {
	Who, When string
	Lines     []line
	Edited    bool
	Replies   []pageMessage
}

type pagePerson struct {
	Name    string
	Private []pageMessage
	Views   []pageView
}

type pageView struct {
	Title string
	Lines []line
}

// Pages shows the workspace on one plain page, for reading: channels, threads,
// private lines and open modals. Nothing on it can be pressed.
func (s *Server) Pages() http.Handler {
	drawn, parseErr := template.New("slack").Parse(pageSource)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if parseErr != nil {
			http.Error(w, parseErr.Error(), http.StatusInternalServerError)
			return
		}
		var b strings.Builder
		if err := drawn.Execute(&b, s.page(s.Snapshot())); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		// The reader may be gone already; there is nobody to tell.
		_, _ = w.Write([]byte(b.String()))
	})
}

// page gathers what there is to draw: direct conversations after the channels.
func (s *Server) page(now Snapshot) page {
	p := page{Team: s.opt.TeamDomain}
	channels := s.opt.Channels
	for _, u := range s.opt.Users {
		if len(now.Messages(directID(u.ID))) > 0 {
			channels = append(channels[:len(channels):len(channels)], Channel{ID: directID(u.ID), Name: u.Name})
		}
	}
	for _, c := range channels {
		ch := pageChannel{Name: c.Name}
		for _, m := range now.Messages(c.ID) {
			drawn := s.pageMessage(m)
			for _, reply := range now.Thread(c.ID, m.TS) {
				drawn.Replies = append(drawn.Replies, s.pageMessage(reply))
			}
			ch.Messages = append(ch.Messages, drawn)
		}
		p.Channels = append(p.Channels, ch)
	}
	for _, u := range s.opt.Users {
		if who := s.pagePerson(now, u); len(who.Private)+len(who.Views) > 0 {
			p.People = append(p.People, who)
		}
	}
	return p
}

func (s *Server) pageMessage(m Message) pageMessage {
	return pageMessage{Who: orElse(m.names[m.User], m.User), When: clockTime(m.TS),
		Lines: messageLines(m.Text, m.Blocks, m.names), Edited: m.Edited}
}

func (s *Server) pagePerson(now Snapshot, u User) pagePerson {
	who := pagePerson{Name: u.Name}
	for _, e := range now.Ephemerals(u.ID) {
		who.Private = append(who.Private, pageMessage{Who: s.opt.Command, When: clockTime(e.TS), Lines: messageLines(e.Text, e.Blocks, e.names)})
	}
	for _, v := range now.Views(u.ID) {
		who.Views = append(who.Views, pageView{Title: v.Title, Lines: viewLines(v)})
	}
	if home, ok := now.Home(u.ID); ok {
		who.Views = append(who.Views, pageView{Title: "Home", Lines: viewLines(home)})
	}
	return who
}

// clockTime is the moment of a message timestamp, in UTC.
func clockTime(ts string) string {
	seconds, _, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return ts
	}
	return time.Unix(n, 0).UTC().Format("2006-01-02 15:04:05 UTC")
}
