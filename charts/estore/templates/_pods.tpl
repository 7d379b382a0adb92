{{- /* What pods have in common. */ -}}

{{- /* Every pod is `restricted` (Pod Security Standards): (dict "user" 65532). */ -}}
{{- define "estore.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
fsGroup: {{ .user }}
fsGroupChangePolicy: OnRootMismatch
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

{{- /* Where a pod may run: its values. */ -}}
{{- define "estore.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
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

{{- /* Where the internal listeners are, for who calls them. */ -}}
{{- define "estore.peerEnv" -}}
{{- $full := include "estore.fullname" . -}}
{{- range $service, $port := include "estore.ports" . | fromYaml }}
- {name: {{ upper $service }}_SERVICE_URL, value: "https://{{ $full }}-{{ $service }}-internal:{{ add $port 200 }}"}
{{- end }}
- {name: TLS_CERT, value: /etc/estore/tls/tls.crt}
- {name: TLS_KEY, value: /etc/estore/tls/tls.key}
- {name: TLS_CA, value: /etc/estore/tls/ca.crt}
{{- end -}}
