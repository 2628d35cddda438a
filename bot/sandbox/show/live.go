package show

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"time"
)

// row is a part of a pane that is drawn as a whole.
type row struct {
	Key  string        `json:"k"`
	HTML template.HTML `json:"h"`
}

// pane is one of the four.
type pane struct {
	Rows []row  `json:"rows"`
	Head string `json:"head"`           // a few words beside the pane's name
	All  string `json:"all,omitempty"`  // the words on a button that puts all of them into one command
	List string `json:"list,omitempty"` // and that command
}

// picture is all that there is to see for one visitor.
type picture struct {
	Round int             `json:"round"`
	Panes map[string]pane `json:"panes"`
	Modal *modal          `json:"modal"`
	Story storyJSON       `json:"story"`
	Clock clockJSON       `json:"clock"`
	Feed  []row           `json:"feed"`
	Seen  string          `json:"seen"` // the hash of all the rest
}

// clockJSON is the world's time, and where the clock can go.
type clockJSON struct {
	Now  string `json:"now"`
	End  string `json:"end"`  // the name of the button that goes to the day on which orders end; empty: none does
	Stop string `json:"stop"` // why the days stopped early
}

// modal is the view on top, if one is open.
type modal struct {
	ID   string        `json:"id"`
	HTML template.HTML `json:"h"`
}

// live answers with the picture as soon as it differs from the one that the browser has, or after a while.
func (s *Show) live(w http.ResponseWriter, r *http.Request) {
	seen := r.FormValue("seen")
	ctx, cancel := within(r.Context())
	defer cancel()
	tick := time.NewTicker(120 * time.Millisecond)
	defer tick.Stop()
	for {
		now := s.current()
		p, err := s.picture(now, s.visitor(r, now))
		if err != nil {
			http.Error(w, "the picture can't be drawn", http.StatusInternalServerError)
			return
		}
		if p.Seen != seen || ctx.Err() != nil {
			writeJSON(w, p)
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if r.Context().Err() != nil {
				return
			}
		}
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // the visitor may be gone
}

// painter draws a scene for a visitor.
func (s *Show) painter(now scene, v visitor) *painter {
	return &painter{show: s, world: now.World, feed: now.feed, listed: now.listed, began: now.began, today: s.today(now), visitor: v, t: s.words.in(v.lang)}
}

// picture draws everything.
func (s *Show) picture(now scene, v visitor) (picture, error) {
	p := picture{Round: now.round, Panes: map[string]pane{}}
	d := s.painter(now, v)
	if now.Slack != nil {
		d.look()
		p.Panes["slack"], p.Modal = d.slack(), d.modal()
		p.Panes["cerb"], p.Panes["office"], p.Panes["inbox"] = d.cerb(), d.office(), d.inbox()
		now.feed.watch(d)
		p.Feed, p.Story, p.Clock = now.feed.rows(d), d.story(), d.clockControl()
	}
	raw, err := json.Marshal(p)
	if err == nil {
		err = d.err
	}
	sum := sha256.Sum256(raw)
	p.Seen = hex.EncodeToString(sum[:8])
	return p, err
}

// draw runs a template of rows.html.
func (d *painter) draw(name string, data any) template.HTML {
	var b bytes.Buffer
	if err := d.show.tmpl.ExecuteTemplate(&b, name, data); err != nil {
		d.err = err
	}
	return template.HTML(strings.TrimSpace(b.String())) //nolint:gosec // a template's output
}

func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, wait)
}
