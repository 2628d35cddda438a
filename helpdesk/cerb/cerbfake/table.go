package cerbfake

import "slices"

// table is the rows of one type of record by id. Ids only go up, as in a database.
type table[T any] struct {
	rows map[int]*T
	last int
}

// add stores a row under id, or under the next one when id is 0, and says which.
func (t *table[T]) add(id int, row *T) int {
	if id == 0 {
		id = t.last + 1
	}
	if t.rows == nil {
		t.rows = map[int]*T{}
	}
	t.rows[id] = row
	t.last = max(t.last, id)
	return id
}

// get is the row with this id, or nil.
func (t *table[T]) get(id int) *T { return t.rows[id] }

// remove takes a row away. Its id is not given out again.
func (t *table[T]) remove(id int) { delete(t.rows, id) }

// ids lists the ids there are, lowest first: the order in which Cerb answers when it isn't told another.
func (t *table[T]) ids() []int {
	ids := make([]int, 0, len(t.rows))
	for id := range t.rows {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// all lists the rows in the order of their ids.
func (t *table[T]) all() []*T {
	rows := make([]*T, 0, len(t.rows))
	for _, id := range t.ids() {
		rows = append(rows, t.rows[id])
	}
	return rows
}
