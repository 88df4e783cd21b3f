# Sourced by scripts that use the packages as a reader would: packs what was built into "$1/feed", and has restores take Clip's packages from there
# and all others from where the user has them. Nothing of the user's is touched: Clip's packages are unpacked into "$1/packages".
make_package_feed() {
    local work=$1 configuration=$2 cache=${NUGET_PACKAGES:-$HOME/.nuget/packages} package name
    dotnet msbuild eng/feed.proj -m -nologo -v:q -nodeReuse:false -p:Configuration="$configuration" -p:Feed="$work/feed" || return 1

    # A version that is in the cache already would be taken from there, however old.
    mkdir -p "$work/packages"
    for package in "$cache"/*/; do
        name=$(basename "$package")
        case $name in clip | clip.*) ;; *) ln -s "$package" "$work/packages/$name" ;; esac
    done
    export NUGET_PACKAGES=$work/packages RestoreAdditionalProjectSources=$work/feed DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
}
