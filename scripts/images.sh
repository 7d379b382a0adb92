# ./dev images

IMAGES=(storefront user verification inventory payment bootstrap chaos shopper)
# E2E_PROFILE=debug takes the programs of `./dev test`, which saves a build of ten minutes; dist
# those of `./dev bench` and of the published images.
IMAGES_PROFILE=${E2E_PROFILE:-release}
# The glibc of the images' base.
BASE_GLIBC=2.36

# build_images DIR [TAG]: builds every image, and saves each as DIR/<image>.tar for `kind load
# image-archive` and the like.
build_images() {
    local out=$1 tag=${2:-dev} builder image
    builder=$(image_builder)
    mkdir -p "$out"
    local context=. programs=compile
    if builds_outside; then
        build_for_images
        context="$out/context" programs=prebuilt
        rm -rf "$context"
        sh scripts/images/layout.sh "$(binaries "$IMAGES_PROFILE")" "$context"
        if [ "$IMAGES_PROFILE" = debug ]; then strip --strip-debug "$context"/*/estore; fi
    else
        say "The programs are compiled in a container, because programs of this machine would not run on the images' base"
    fi
    for image in "${IMAGES[@]}"; do build_image "$builder" "$image" "$tag" "$programs" "$context"; done
    for image in "${IMAGES[@]}"; do save_image "$builder" "docker.io/estore/$image:$tag" "$out/$image.tar"; done
}

build_for_images() {
    case $IMAGES_PROFILE in
        dist | release) build_only "$IMAGES_PROFILE" "${IMAGES[@]}" e2e ;;
        debug) build_programs ;;
        *) die "E2E_PROFILE must be dist, release or debug" ;;
    esac
}

image_builder() {
    local builder
    for builder in docker podman buildah; do
        # A docker without its daemon builds nothing.
        if have "$builder" && "$builder" info >/dev/null 2>&1; then echo "$builder" && return; fi
    done
    die "No docker (with its daemon running), podman or buildah is here: install one of them, then run this again."
}

# Programs run with a glibc that is at least as new as the one they were linked with.
builds_outside() {
    [ "$(uname)" = Linux ] || return 1
    local glibc
    glibc=$(ldd --version 2>/dev/null | sed -n '1s/.* //p')
    [ "$(printf '%s\n' "$glibc" "$BASE_GLIBC" | sort -V | tail -1)" = "$BASE_GLIBC" ]
}

build_image() { # BUILDER IMAGE TAG PROGRAMS CONTEXT
    local -a build=("$1" build)
    # The same programs give the same image, to the byte.
    case $1 in
        buildah | podman) build=("$1" build --timestamp 0 --pull=false) ;;
    esac
    SOURCE_DATE_EPOCH=0 "${build[@]}" --quiet -f Dockerfile --build-arg "PROGRAMS=$4" --build-arg "SERVICE=$2" \
        --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" -t "docker.io/estore/$2:$3" "$5" >/dev/null
}

save_image() { # BUILDER NAME FILE
    rm -f "$3"
    case $1 in
        buildah) buildah push -q "$2" "docker-archive:$3:$2" ;;
        *) "$1" save -o "$3" "$2" ;;
    esac
}

# Builds the images, and loads them into the current cluster.
images() {
    local out
    out="$(target)/images"
    build_images "$out"
    load_images "$out" "${IMAGES[@]}"
}

# load_images DIR IMAGE…: E2E_LOAD is a command that loads archives. By default it is kind's or
# minikube's own, by the current context.
load_images() {
    local context dir=$1
    shift
    context=$(kubectl config current-context 2>/dev/null || true)
    local -a archives=("${@/#/$dir/}")
    archives=("${archives[@]/%/.tar}")
    if [ -n "${E2E_LOAD:-}" ]; then
        # shellcheck disable=SC2086
        $E2E_LOAD "${archives[@]}" >/dev/null
    elif [[ $context == kind-* ]]; then
        local archive
        for archive in "${archives[@]}"; do kind load image-archive --name "${context#kind-}" "$archive"; done
    elif [ "$context" = minikube ]; then
        local archive
        for archive in "${archives[@]}"; do minikube image load "$archive"; done
    else
        say "The archives are in $dir: load them into your cluster, or push them to a registry that it can reach"
    fi
}
