{{- /* The common parts of pods. */ -}}

{{- /*
Every pod is `restricted` (Pod Security Standards): (dict "root" $ "who" "redis"). Without `runAs`
the platform chooses the user.
*/ -}}
{{- define "estore.podSecurity" -}}
{{- $user := index (dict "programs" 65532 "postgres" 999 "redis" 999 "mail" 1000 "demo" 65532) .who -}}
{{- /* `helm upgrade --reuse-values` from an older chart brings no `runAs` at all. */ -}}
{{- if hasKey .root.Values "runAs" }}{{ $user = index .root.Values.runAs .who }}{{ end -}}
runAsNonRoot: true
{{- if not (kindIs "invalid" $user) }}
runAsUser: {{ int64 $user }}
runAsGroup: {{ int64 $user }}
fsGroup: {{ int64 $user }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "estore.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "estore.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- /* The placement of a pod, from its values. */ -}}
{{- define "estore.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- include "estore.texts" . | trim | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- /* A projected source: one key of a Secret as a file: (dict "root" $ "credential" "jwt" "path" "jwt-secret"). */ -}}
{{- define "estore.secretFile" -}}
{{- $at := include "estore.credential" . | fromYaml -}}
- secret:
    name: {{ $at.secret }}
    items: [{key: {{ $at.key }}, path: {{ .path }}}]
{{- end -}}

{{- /* This pod's certificate: (dict "root" $ "of" "user"). */ -}}
{{- define "estore.tlsVolume" -}}
- name: tls
  secret: {secretName: {{ include "estore.certificate" . }}, defaultMode: 0440}
{{- end -}}

{{- /* The addresses of the internal listeners, for their clients. */ -}}
{{- define "estore.peerEnv" -}}
{{- $full := include "estore.fullname" . -}}
{{- range $service, $port := include "estore.ports" . | fromYaml }}
- {name: {{ upper $service }}_SERVICE_URL, value: "https://{{ $full }}-{{ $service }}-internal:{{ add $port 200 }}"}
{{- end }}
- {name: TLS_CERT, value: /etc/estore/tls/tls.crt}
- {name: TLS_KEY, value: /etc/estore/tls/tls.key}
- {name: TLS_CA, value: /etc/estore/tls/ca.crt}
{{- end -}}
