{{- /*
A claim for backups or the archive, and its first user. Many classes create a volume only for a
user, and `helm --wait` waits for the volume.
The class may place the volume in the zone of that user. `near` names a component whose zone it
should be, if there is one.
(dict "root" $ "of" … "persistence" … "who" "redis" "near" "redis")
*/ -}}
{{- define "estore.claim" -}}
{{- if not .persistence.existingClaim }}
---
apiVersion: v1
kind: PersistentVolumeClaim
{{ include "estore.metadata" (merge (dict "annotations" (dict "helm.sh/resource-policy" "keep")) .of) }}
spec:
  accessModes: [ReadWriteOnce]
  {{- with .persistence.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests: {storage: {{ .persistence.size }}}
---
apiVersion: batch/v1
kind: Job
{{ include "estore.metadata" (merge (dict "name" (printf "%s-volume" .of.name)) .of) }}
spec:
  backoffLimit: 5
  activeDeadlineSeconds: 600
  template:
    {{- include "estore.claimPod" . | nindent 4 }}
{{- end }}
{{- end -}}

{{- define "estore.claimPod" -}}
metadata:
  labels:
    {{- include "estore.labels" .of | nindent 4 }}
spec:
  serviceAccountName: {{ .of.name }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  restartPolicy: Never
  securityContext:
    {{- include "estore.podSecurity" (dict "root" .root "who" .who) | nindent 4 }}
  {{- include "estore.pullSecrets" .root | nindent 2 }}
  {{- $placement := .root.Values.bootstrap }}
  {{- with .near }}
  {{- $near := include "estore.selector" (dict "root" $.root "component" .) | fromYaml }}
  {{- $term := dict "topologyKey" "topology.kubernetes.io/zone" "labelSelector" (dict "matchLabels" $near) }}
  {{- $affinity := dict "podAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 100 "podAffinityTerm" $term))) }}
  {{- $placement = merge (deepCopy $placement) (dict "affinity" $affinity) }}
  {{- end }}
  {{- include "estore.placement" $placement | nindent 2 }}
  containers:
    - name: volume
      image: {{ include "estore.image" (dict "root" .root "name" "bootstrap") }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [--version]
      securityContext:
        {{- include "estore.containerSecurity" . | nindent 8 }}
      resources:
        {{- toYaml .root.Values.bootstrap.resources | nindent 8 }}
      volumeMounts:
        - {name: volume, mountPath: /volume}
  volumes:
    - name: volume
      persistentVolumeClaim: {claimName: {{ .of.name }}}
{{- end -}}
