package inhousefake

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed pages/*
var pageFiles embed.FS

// Pages is the back office as its people see it: the customers at /, one customer at /customers/{id} with a button that
// pays everything, one that pays a part, and one at each payment that takes it back. It asks for no token: it belongs on loopback. A form that another site sends in
// the name of somebody who has these pages open is refused with 403.
func (s *Server) Pages() http.Handler {
	p := pages{server: s}
	funcs := template.FuncMap{"money": money, "when": func(t time.Time) string { return t.In(s.options.Location).Format("2006-01-02 15:04") }}
	var err error
	p.templates, err = template.New("").Funcs(funcs).ParseFS(pageFiles, "pages/*.html")
	mux := http.NewServeMux()
	if err != nil { // the files are part of the program, so a test of the pages finds this
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { s.fail(w, err) })
		return mux
	}
	mux.HandleFunc("GET /{$}", p.all)
	mux.HandleFunc("GET /customers", p.all)
	mux.HandleFunc("GET /customers/{id}", p.one)
	mux.HandleFunc("POST /customers/{id}/pay", p.pay)
	mux.HandleFunc("POST /customers/{id}/pay-part", p.payPart)
	mux.HandleFunc("POST /customers/{id}/reverse", p.reverse)
	mux.HandleFunc("GET /style.css", p.style)
	return http.NewCrossOriginProtection().Handler(guarded(mux))
}

// guarded tells browsers to keep pages to themselves: no script, no frame of another site, no guessing of types.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

type pages struct {
	server    *Server
	templates *template.Template
}

func (p pages) all(w http.ResponseWriter, _ *http.Request) {
	p.draw(w, "customers.html", p.server.Everyone())
}

func (p pages) one(w http.ResponseWriter, r *http.Request) {
	shot := p.server.Snapshot(r.PathValue("id"))
	if shot.Customer.ID == "" {
		http.NotFound(w, r)
		return
	}
	p.draw(w, "customer.html", shot)
}

func (p pages) pay(w http.ResponseWriter, r *http.Request) {
	p.paid(w, r, p.server.Pay(r.PathValue("id")))
}

// payPart pays the cents given, or half of what is open.
func (p pages) payPart(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	minor, err := strconv.ParseInt(r.PostFormValue("minor"), 10, 64)
	if err != nil || minor <= 0 {
		minor = p.server.Snapshot(id).OpenMinor() / 2
	}
	p.paid(w, r, p.server.PayPart(id, minor))
}

// reverse takes a payment of this customer back.
func (p pages) reverse(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	payment := r.PostFormValue("payment")
	if !slices.ContainsFunc(p.server.Snapshot(r.PathValue("id")).Booked, func(b Payment) bool { return b.ID == payment }) {
		http.NotFound(w, r)
		return
	}
	p.paid(w, r, p.server.ReversePayment(payment))
}

// paid sends the reader back to the customer. The address is relative, so that it holds below any prefix.
func (p pages) paid(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Location", "../"+url.PathEscape(r.PathValue("id")))
	w.WriteHeader(http.StatusSeeOther)
}

func (p pages) style(w http.ResponseWriter, _ *http.Request) {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		p.server.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(css) // the reader has gone: there is nobody to tell
}

func (p pages) draw(w http.ResponseWriter, name string, data any) {
	var page bytes.Buffer
	if err := p.templates.ExecuteTemplate(&page, name, data); err != nil {
		p.server.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page.Bytes()) // the reader has gone: there is nobody to tell
}

func (s *Server) fail(w http.ResponseWriter, err error) {
	if s.options.Failures != nil {
		s.options.Failures(err)
	}
	http.Error(w, "The page could not be drawn.", http.StatusInternalServerError)
}

// money writes an amount as Dutch people do: "€ 1.234,56". Another currency stands by its code.
func money(m Money) string {
	sign, minor := "", m.Minor
	if minor < 0 {
		sign, minor = "-", -minor
	}
	whole := strconv.FormatInt(minor/100, 10)
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "." + whole[at:]
	}
	cents := strconv.FormatInt(100+minor%100, 10)[1:]
	unit := "€"
	if m.Currency != "EUR" {
		unit = strings.ToUpper(m.Currency)
	}
	return unit + "\u00a0" + sign + whole + "," + cents
}

// Open is what the customer owes in all, in the currency of the invoices.
func (s Snapshot) Open() Money {
	m := euro(s.OpenMinor())
	if len(s.Invoices) > 0 {
		m.Currency = s.Invoices[0].Open.Currency
	}
	return m
}
