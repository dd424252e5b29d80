{{/* What the names of all objects begin with: the release's name, with callgrid in it. */}}
{{- define "callgrid.name" -}}
{{- $name := .Release.Name }}
{{- if not (contains "callgrid" $name) }}{{ $name = printf "%s-callgrid" $name }}{{ end }}
{{- $name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{/* The labels of one part of a release, which also select its pods: (list root part). */}}
{{- define "callgrid.labels" -}}
app.kubernetes.io/name: callgrid
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* The variables of all pods. */}}
{{- define "callgrid.configuration" -}}
CALLGRID_GRID: {{ .Values.grid | quote }}
CALLGRID_POOL: {{ .Values.pool | quote }}
CALLGRID_LOG_LEVEL: {{ .Values.logLevel }}
# probes and Prometheus reach a pod by its address
CALLGRID_HEALTH_HOST: 0.0.0.0
{{- if .Values.redis.url }}
CALLGRID_URL: {{ .Values.redis.url | quote }}
{{- else if not .Values.redis.existingSecret }}
CALLGRID_URL: redis://{{ include "callgrid.name" . }}-redis:6379
{{- end }}
{{- end }}

{{/* The selector and the pods of a Deployment, with the fields that callgrid.pod takes. */}}
{{- define "callgrid.pods" -}}
selector:
  matchLabels: {{- include "callgrid.labels" (list .root .role) | nindent 4 }}
template:
  metadata:
    labels: {{- include "callgrid.labels" (list .root .role) | nindent 6 }}
    annotations:
      # pods start again when the configuration changes
      checksum/configuration: {{ include "callgrid.configuration" .root | sha256sum }}
  spec: {{- include "callgrid.pod" . | nindent 4 }}
{{- end }}

{{/*
The pod of a role. root; role: the command, and the name of its values; image; secret: one more secret of variables, or none;
port: name, number, and the pages of the probes (live, ready), or none.
*/}}
{{- define "callgrid.pod" -}}
{{- $name := include "callgrid.name" .root }}
{{- $all := .root.Values }}
{{- $own := index $all .role -}}
# a service called callgrid-something would set variables that begin as callgrid's own do
enableServiceLinks: false
automountServiceAccountToken: false
terminationGracePeriodSeconds: {{ int $own.terminationGracePeriodSeconds }}
securityContext: {{- toYaml $all.podSecurityContext | nindent 2 }}
{{- with $all.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.scheduling }}
{{ toYaml . }}
{{- end }}
containers:
  - name: {{ .role }}
    image: {{ .image | quote }}
    {{- with $all.imagePullPolicy }}
    imagePullPolicy: {{ . | quote }}
    {{- end }}
    args: [{{ .role }}]
    envFrom:
      - configMapRef: { name: {{ $name }} }
      {{- if $all.redis.existingSecret }}
      - secretRef: { name: {{ $all.redis.existingSecret | quote }} }
      {{- else }}
      - secretRef: { name: {{ $name }}, optional: true }
      {{- end }}
      {{- with .secret }}
      - secretRef: { name: {{ . | quote }} }
      {{- end }}
    {{- with $own.env }}
    env:
      {{- range $variable, $value := . }}
      - { name: {{ $variable }}, value: {{ $value | quote }} }
      {{- end }}
    {{- end }}
    {{- with .port }}
    ports:
      - { name: {{ .name }}, containerPort: {{ .number }} }
    startupProbe:
      httpGet: { path: {{ .live }}, port: {{ .name }} }
      {{- toYaml $all.probes.startup | nindent 6 }}
    livenessProbe:
      httpGet: { path: {{ .live }}, port: {{ .name }} }
      {{- toYaml $all.probes.liveness | nindent 6 }}
    readinessProbe:
      httpGet: { path: {{ .ready }}, port: {{ .name }} }
      {{- toYaml $all.probes.readiness | nindent 6 }}
    {{- end }}
    resources: {{- toYaml $own.resources | nindent 6 }}
    securityContext: {{- toYaml $all.securityContext | nindent 6 }}
    volumeMounts:
      - { name: scratch, mountPath: /tmp }
      {{- with $own.volumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - name: scratch
    emptyDir: {}
  {{- with $own.volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* How many pods of a role may be evicted at a time: (list root role). */}}
{{- define "callgrid.disruptionBudget" -}}
{{- $root := index . 0 }}
{{- $role := index . 1 -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "callgrid.name" $root }}-{{ $role }}
  labels: {{- include "callgrid.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ index $root.Values $role "maxUnavailable" }}
  selector:
    matchLabels: {{- include "callgrid.labels" . | nindent 6 }}
{{- end }}
