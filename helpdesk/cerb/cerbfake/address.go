package cerbfake

import (
	"fmt"
	"net/mail"
	"strings"
)

// Address is an e-mail address that Cerb knows, with the person and the organisation behind it.
type Address struct {
	ID      int // 0: the next free one
	Email   string
	Contact string // the person's name; empty: nobody known
	OrgID   int    // 0: none known
}

// address is an Address with what Cerb adds.
type address struct {
	Address
	contactID int
	workerID  int
	updated   int64
}

// contact is a person.
type contact struct {
	ID   int
	Name string
}

// Org is an organisation.
type Org struct {
	ID      int // 0: the next free one
	Name    string
	Country string
	Website string
}

// org is an Org with what Cerb adds.
type org struct {
	Org
	updated int64
}

// AddAddress adds an address and says under which id.
func (s *Server) AddAddress(a Address) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := &address{Address: a, updated: s.now()}
	row.ID = s.addresses.add(a.ID, row)
	if a.Contact != "" {
		c := &contact{Name: a.Contact}
		c.ID = s.contacts.add(0, c)
		row.contactID = c.ID
	}
	return row.ID
}

// AddOrg adds an organisation and says under which id.
func (s *Server) AddOrg(o Org) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := &org{Org: o, updated: s.now()}
	row.ID = s.orgs.add(o.ID, row)
	return row.ID
}

// lookupAddress finds an address, or makes it, as Cerb does whenever one turns up.
func (s *Server) lookupAddress(email string) *address {
	email = strings.ToLower(email)
	for _, a := range s.addresses.all() {
		if strings.EqualFold(a.Email, email) {
			return a
		}
	}
	row := &address{Address: Address{Email: email}, updated: s.now()}
	row.ID = s.addresses.add(0, row)
	return row
}

// parseAddresses reads a list of addresses and leaves out what is not one: Cerb drops a malformed "to" in silence.
func parseAddresses(list string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(list, ";", ","), ",") {
		if a, err := mail.ParseAddress(strings.TrimSpace(part)); err == nil {
			out = append(out, a.Address)
		}
	}
	return out
}

// addressView is an address as Cerb shows one.
func (s *Server) addressView(a *address) object {
	_, host, _ := strings.Cut(a.Email, "@")
	return object{
		"_context": "cerberusweb.contexts.address", "_type": "address",
		"_image_url": fmt.Sprintf("%s/avatars/address/%d?v=%d", s.base, a.ID, a.updated),
		"id":         a.ID, "address": a.Email, "email": a.Email, "host": host,
		"created_at": a.updated, "updated": a.updated,
		"num_spam": 0, "num_nonspam": 0, "is_banned": 0, "is_defunct": 0, "is_trusted": 0, "is_contact": a.contactID != 0,
		"contact_id": a.contactID, "org_id": a.OrgID, "mail_transport_id": 0, "worker_id": a.workerID,
		"record_url": s.profileURL("address", permalink(a.ID, a.Email)),
	}
}

// participantView is an address as expand=participants shows it: with the person behind it, and the organisation as
// null where none is known.
func (s *Server) participantView(a *address) object {
	o := s.addressView(a)
	o["_loaded"] = true
	if a.OrgID == 0 {
		o["org_id"] = nil
	}
	c := s.contacts.get(a.contactID)
	if c == nil {
		return o
	}
	first, last, _ := strings.Cut(c.Name, " ")
	o["contact_id"] = fmt.Sprint(c.ID)
	for k, v := range (object{
		"_loaded": true, "_label": c.Name, "_image_url": fmt.Sprintf("%s/avatars/contact/%d?v=%d", s.base, c.ID, a.updated),
		"dob": nil, "first_name": first, "last_name": last, "name": c.Name, "gender": "", "language": "",
		"last_login_at": 0, "location": "", "mobile": "", "phone": "", "timezone": "", "title": "", "username": "",
		"updated_at": a.updated, "email_id": a.ID, "org_id": a.OrgID,
		"record_url": s.profileURL("contact", permalink(c.ID, c.Name)),
	}) {
		o["contact_"+k] = v
	}
	return o
}

// requesterView is an address as expand=requesters shows it.
func (s *Server) requesterView(a *address) object {
	name := ""
	if c := s.contacts.get(a.contactID); c != nil {
		name = c.Name
	}
	return object{"id": a.ID, "email": a.Email, "name": name, "contact_id": a.contactID, "org_id": a.OrgID}
}

// orgView is an organisation as Cerb shows one.
func (s *Server) orgView(o *org) object {
	return object{
		"_context": "cerberusweb.contexts.org", "_type": "org", "_label": o.Name,
		"_image_url": fmt.Sprintf("%s/avatars/org/%d?v=%d", s.base, o.ID, o.updated),
		"id":         o.ID, "name": o.Name, "created": o.updated, "updated": o.updated,
		"city": "", "country": o.Country, "phone": "", "postal": "", "province": "", "street": "",
		"website": o.Website, "email_id": 0,
		"record_url": s.profileURL("org", permalink(o.ID, o.Name)),
	}
}
