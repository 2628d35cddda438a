package cerb

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// workerRecord is a worker, with the groups and the address that "expand=groups,address_" adds.
type workerRecord struct {
	row
	FullName   text   `json:"full_name"`
	Label      text   `json:"_label"`
	Email      text   `json:"address_email"`
	Address    text   `json:"address_address"`
	IsDisabled whole  `json:"is_disabled"`
	IsAdmin    whole  `json:"is_superuser"`
	Groups     fields `json:"groups"`
}

func (w workerRecord) agent() helpdesk.Agent {
	return helpdesk.Agent{ID: w.ID.id(), Email: w.email(), Name: first(string(w.FullName), string(w.Label))}
}

func (w workerRecord) email() string {
	return strings.ToLower(first(string(w.Email), string(w.Address)))
}

// memberOf looks through the worker's groups: keyed by id, and in each the id again.
func (w workerRecord) memberOf(group string) bool {
	for key, raw := range w.Groups {
		var g struct {
			ID whole `json:"id"`
		}
		if json.Unmarshal(raw, &g) == nil && g.ID.id() == group || key == group && len(raw) > 0 && raw[0] != '{' {
			return true
		}
	}
	return false
}

// keyHolder is the worker in whose name the key acts, and the release that said so.
type keyHolder struct {
	workerRecord
	Version text `json:"__version"`
}

type groupRecord struct {
	row
	Name text `json:"name"`
}

// Server reads the release and what the key may do. Writing in an agent's name is an administrator's right in Cerb
// (reply.json takes worker_id from nobody else), so a key that may do it may do everything else too.
func (c *Client) Server(ctx context.Context) (helpdesk.Server, error) {
	me, err := c.fetchMe(ctx)
	if err != nil {
		return helpdesk.Server{}, err
	}
	s := helpdesk.Server{Version: string(me.Version), KeyHolder: me.agent(), WritesAs: me.IsAdmin != 0}
	if s.WritesAs {
		s.RightNote = "The key belongs to an administrator (" + s.KeyHolder.Name + "): notices go out in the agent's name, and whoever has the key " +
			"can read and change everything in this Cerb, settings and other groups' mail included."
	} else {
		s.RightNote = "The key belongs to " + s.KeyHolder.Name + ", who is no administrator: notices go out in that name, not in the agent's. " +
			"The ticket is the agent's all the same. Comments for colleagues can be put on tickets of that worker's own groups alone."
	}
	return s, checkRelease("read the server", s.Version)
}

// me is fetchMe, kept for at most keepFor.
func (c *Client) me(ctx context.Context) (keyHolder, error) {
	c.mu.Lock()
	me, at := c.kept.me, c.kept.meAt
	c.mu.Unlock()
	if age := c.now().Sub(at); !at.IsZero() && age >= 0 && age < keepFor {
		return me, nil
	}
	return c.fetchMe(ctx)
}

func (c *Client) fetchMe(ctx context.Context) (keyHolder, error) {
	var me keyHolder
	err := c.do(ctx, call{op: "read the key's worker", method: http.MethodGet, path: "workers/me.json",
		query: []param{{"expand", "groups,address_"}}}, &me)
	if err != nil {
		return keyHolder{}, err
	}
	c.mu.Lock()
	c.kept.me, c.kept.meAt = me, c.now()
	c.mu.Unlock()
	return me, nil
}

// Agent finds a worker by e-mail address. The search is only a help: the address that comes back has to be the one
// asked for.
func (c *Client) Agent(ctx context.Context, email string) (helpdesk.Agent, error) {
	op := "find agent " + email
	address, err := bareAddress(strings.TrimSpace(email))
	if err != nil {
		return helpdesk.Agent{}, &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: op, Sentence: "That is no e-mail address.", Err: err}
	}
	var group groupRecord
	var found []workerRecord
	err = together(ctx,
		func(ctx context.Context) (err error) { group, err = c.group(ctx); return },
		func(ctx context.Context) (err error) { found, err = c.workers(ctx, op, address); return })
	if err != nil {
		return helpdesk.Agent{}, err
	}
	for _, w := range found {
		if w.email() == strings.ToLower(address) {
			return w.agent(), c.mayOwn(op, w, group)
		}
	}
	return helpdesk.Agent{}, &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: op, Sentence: "Cerb has no worker with the address " + address + "."}
}

// Owner finds a worker by id.
func (c *Client) Owner(ctx context.Context, id string) (helpdesk.Agent, error) {
	op := "find agent " + id
	var group groupRecord
	var found workerRecord
	err := together(ctx,
		func(ctx context.Context) (err error) { group, err = c.group(ctx); return },
		func(ctx context.Context) (err error) { found, err = c.worker(ctx, op, id); return })
	if err != nil {
		return helpdesk.Agent{}, err
	}
	return found.agent(), c.mayOwn(op, found, group)
}

// workers searches by address. The filter takes a query on addresses: email:"…" by itself matches nothing.
func (c *Client) workers(ctx context.Context, op, address string) ([]workerRecord, error) {
	q := search{}.within("email", search{}.where("email", address))
	return searchAll[workerRecord](ctx, c, op, "worker", q, "groups,address_")
}

// mayOwn refuses a worker who is disabled, or outside the group: tickets/compose.json would take both.
func (c *Client) mayOwn(op string, w workerRecord, group groupRecord) error {
	switch {
	case w.IsDisabled != 0:
		return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: w.agent().Name + " is disabled in Cerb."}
	case !w.memberOf(group.ID.id()):
		return &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: fmt.Sprintf(
			"%s can't own tickets of the group %s: not a member of it in Cerb.", w.agent().Name, group.Name)}
	}
	return nil
}

// worker reads one worker by id, with groups.
func (c *Client) worker(ctx context.Context, op, id string) (workerRecord, error) {
	if !number(id) {
		return workerRecord{}, &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: op, Sentence: "Agent " + id + " has no id of Cerb's."}
	}
	var w workerRecord
	err := c.do(ctx, call{op: op, method: http.MethodGet, path: "records/worker/" + id + ".json",
		query: []param{{"expand", "groups,address_"}}}, &w)
	if err == nil && w.ID.id() != id {
		err = &helpdesk.Error{Kind: helpdesk.ErrNotFound, Op: op, Sentence: "Cerb has no worker " + id + "."}
	}
	return w, err
}

// group finds the configured group by name (whole, any case) or id, and keeps it for at most keepFor.
func (c *Client) group(ctx context.Context) (groupRecord, error) {
	c.mu.Lock()
	g, at := c.kept.group, c.kept.groupAt
	c.mu.Unlock()
	if age := c.now().Sub(at); !at.IsZero() && age >= 0 && age < keepFor {
		return g, nil
	}
	g, err := c.fetchGroup(ctx)
	if err != nil {
		return groupRecord{}, err
	}
	c.mu.Lock()
	c.kept.group, c.kept.groupAt = g, c.now()
	c.mu.Unlock()
	return g, nil
}

func (c *Client) fetchGroup(ctx context.Context) (groupRecord, error) {
	want := strings.TrimSpace(c.cfg.Group)
	op := "find group " + want
	q := search{}.contains("name", want)
	if number(want) {
		q = search{}.raw("id", want)
	}
	found, err := searchAll[groupRecord](ctx, c, op, "group", q, "")
	if err != nil {
		return groupRecord{}, err
	}
	var hits []groupRecord
	for _, g := range found {
		if g.ID.id() == want || strings.EqualFold(strings.TrimSpace(string(g.Name)), want) {
			hits = append(hits, g)
		}
	}
	if len(hits) != 1 {
		return groupRecord{}, &helpdesk.Error{Kind: helpdesk.ErrRefused, Op: op, Sentence: fmt.Sprintf(
			"Cerb has %d groups called %s; the configuration must name one that the key may see.", len(hits), want)}
	}
	return hits[0], nil
}
