package main_test

import "go/ast"

// packagesWithoutDoc finds packages of which no file says what they are for.
func packagesWithoutDoc(r *repo) []string {
	said := map[string]bool{}
	for _, f := range r.product() {
		said[f.pkg] = said[f.pkg] || f.ast.Doc.Text() != ""
	}
	var wrong []string
	for _, pkg := range r.packages() {
		if !said[pkg] {
			wrong = append(wrong, pkg+": the package has no comment")
		}
	}
	return wrong
}

// exportedWithoutDoc finds exported names without a comment: types and their methods, the methods that a port asks for,
// functions, constants and variables. For a group of constants or variables one comment is enough. The fields of a struct
// are left to the type's own comment.
func exportedWithoutDoc(r *repo) []string {
	var wrong []string
	for _, f := range r.product() {
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc.Text() == "" && (d.Recv == nil || ast.IsExported(receiver(d))) {
					wrong = append(wrong, r.at(d)+": "+funcName(d)+" has no comment")
				}
			case *ast.GenDecl:
				wrong = append(wrong, r.undocumented(d)...)
			}
		}
	}
	return wrong
}

func (r *repo) undocumented(d *ast.GenDecl) []string {
	var wrong []string
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if !s.Name.IsExported() {
				continue
			}
			if s.Doc.Text() == "" && (d.Lparen.IsValid() || d.Doc.Text() == "") {
				wrong = append(wrong, r.at(s)+": "+s.Name.Name+" has no comment")
			}
			wrong = append(wrong, r.undocumentedMethods(s)...)
		case *ast.ValueSpec:
			if d.Doc.Text() != "" || s.Doc.Text() != "" || s.Comment.Text() != "" {
				continue
			}
			for _, name := range s.Names {
				if name.IsExported() {
					wrong = append(wrong, r.at(name)+": "+name.Name+" has no comment")
				}
			}
		}
	}
	return wrong
}

// undocumentedMethods finds what an exported interface asks for without a word. A comment on the line counts.
func (r *repo) undocumentedMethods(s *ast.TypeSpec) []string {
	port, ok := s.Type.(*ast.InterfaceType)
	if !ok {
		return nil
	}
	var wrong []string
	for _, m := range port.Methods.List {
		if len(m.Names) == 1 && m.Names[0].IsExported() && m.Doc.Text() == "" && m.Comment.Text() == "" {
			wrong = append(wrong, r.at(m)+": "+s.Name.Name+"."+m.Names[0].Name+" has no comment")
		}
	}
	return wrong
}
