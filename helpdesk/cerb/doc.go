// Package cerb is the helpdesk client for Cerb's REST API: a helpdesk.Desk over HTTP.
package cerb
