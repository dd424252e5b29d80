// Renders a chart as `helm template RELEASE CHART --output-dir FOLDER --values FILE…` does, for machines without helm: with
// text/template, sprig and sigs.k8s.io/yaml, as Helm does. Usage: main RELEASE CHART FOLDER [VALUES…]
//
// Helm's functions that the chart does not use are missing: a template that calls one is refused. Values are not held against the
// chart's schema, which test/deploy/chart-values.test.ts does.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

func main() {
	if len(os.Args) < 4 {
		fail(errors.New("usage: main RELEASE CHART FOLDER [VALUES…]"))
	}
	name, chart, folder, files := os.Args[1], os.Args[2], os.Args[3], os.Args[4:]
	values := object{}
	for _, file := range append([]string{filepath.Join(chart, "values.yaml")}, files...) {
		layer := object{}
		read(file, &layer)
		values = merged(values, layer)
	}
	release := object{"Name": name, "Namespace": "default", "Service": "Helm"}
	for file, text := range rendered(chart, object{"Values": values, "Release": release}) {
		if strings.TrimSpace(text) != "" && strings.HasSuffix(file, ".yaml") {
			check(os.WriteFile(filepath.Join(folder, file), []byte(text), 0o644))
		}
	}
}

// Each file of templates by its name, with what it renders to; NOTES.txt, too.
func rendered(chart string, data object) map[string]string {
	paths, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	all := template.New("callgrid").Option("missingkey=zero")
	all.Funcs(sprig.TxtFuncMap()).Funcs(helmFunctions(all))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		check(err)
		_, err = all.New(filepath.Base(path)).Parse(string(text))
		check(err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		file := filepath.Base(path)
		if !strings.HasPrefix(file, "_") {
			text, err := executed(all, file, data)
			check(err)
			texts[file] = text
		}
	}
	return texts
}

func helmFunctions(all *template.Template) template.FuncMap {
	return template.FuncMap{
		"include": func(name string, data interface{}) (string, error) { return executed(all, name, data) },
		"toYaml": func(value interface{}) (string, error) {
			text, err := yaml.Marshal(value)
			return strings.TrimSuffix(string(text), "\n"), err
		},
	}
}

// Go writes <no value> for what is missing in a map, and Helm takes that away.
func executed(all *template.Template, name string, data interface{}) (string, error) {
	text := strings.Builder{}
	err := all.ExecuteTemplate(&text, name, data)
	return strings.ReplaceAll(text.String(), "<no value>", ""), err
}

// Maps are merged, everything else is replaced, and null removes what it is over.
func merged(under, over object) object {
	values := object{}
	for key, value := range under {
		values[key] = value
	}
	for key, value := range over {
		below, isBelow := values[key].(object)
		above, isAbove := value.(object)
		switch {
		case value == nil:
			delete(values, key)
		case isBelow && isAbove:
			values[key] = merged(below, above)
		default:
			values[key] = value
		}
	}
	return values
}

func read(file string, into interface{}) {
	text, err := os.ReadFile(file)
	check(err)
	check(yaml.UnmarshalStrict(text, into))
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
