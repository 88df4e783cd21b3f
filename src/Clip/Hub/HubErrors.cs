using System.Net;

namespace Clip.Hub;

/// <summary>Says what a failed request means for the file that was asked for, and what to do about it.</summary>
internal sealed class HubErrors(HubSettings settings, HubRepository repository)
{
    // Of a server's own words; they are shown, so they are kept short.
    private const int LongestQuote = 200;

    private string Page => new Uri(settings.Endpoint, repository.Id).AbsoluteUri;

    /// <summary>What an answer that is neither a file nor a redirect means.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="file">The file that was asked for.</param>
    /// <remarks>Source of the codes: <c>hf_raise_for_status</c> of huggingface_hub.</remarks>
    public HubException From(HubAnswer answer, string file) => answer switch
    {
        { ErrorCode: "GatedRepo" } => Create(
            HubErrorKind.Gated, $"The repository '{repository.Id}' is gated: '{file}' is only for accounts that accepted its license.",
            $"Accept the license at {Page} while signed in, then set HF_TOKEN (or {nameof(HubOptions)}.{nameof(HubOptions.Token)}) to a token of that account.",
            file, answer.StatusCode),
        { ErrorCode: "RevisionNotFound" } => Create(
            HubErrorKind.RevisionNotFound, $"The repository '{repository.Id}' has no revision '{repository.Revision}'.",
            $"Its branches and tags are listed at {Page}/tree/main.", file: null, answer.StatusCode),
        { ErrorCode: "EntryNotFound" } => FileNotFound(file, answer.StatusCode),
        { StatusCode: HttpStatusCode.Unauthorized } when settings.Token is not null && answer.ErrorCode is null => Create(
            HubErrorKind.AccessDenied, $"The Hub does not accept the token for '{repository.Id}'{Quote(answer)}.",
            $"Make a new token at {new Uri(settings.Endpoint, "settings/tokens")} and set HF_TOKEN to it, or remove the old one to ask without.",
            file, answer.StatusCode),
        { ErrorCode: "RepoNotFound" } or { StatusCode: HttpStatusCode.Unauthorized } => RepositoryNotFound(answer.StatusCode),
        { StatusCode: HttpStatusCode.Forbidden } => Create(
            HubErrorKind.AccessDenied, $"The Hub refuses '{file}' of '{repository.Id}'{Quote(answer)}.",
            "Check at the Hub's settings that the token may read this repository, and that its license was accepted.", file, answer.StatusCode),
        // Mirrors do not always say what is missing; the revision was found before a file is asked for.
        { StatusCode: HttpStatusCode.NotFound } => FileNotFound(file, answer.StatusCode),
        _ => Create(
            HubErrorKind.InvalidAnswer,
            $"'{HubTransport.Show(answer.Address)}' answered {(int)answer.StatusCode} {answer.StatusCode}{Quote(answer)}.",
            "Check the endpoint and the proxy.", file, answer.StatusCode),
    };

    /// <summary>The repository does not exist or is not to be seen.</summary>
    public HubException RepositoryNotFound(HttpStatusCode? status) => Create(
        HubErrorKind.RepositoryNotFound, $"There is no repository '{repository.Id}' at {settings.Endpoint.Host}, or it is private.",
        $"Check the spelling; for a private one set HF_TOKEN (or {nameof(HubOptions)}.{nameof(HubOptions.Token)}) to a token that may read it.",
        file: null, status);

    /// <summary>The repository has no such file.</summary>
    public HubException FileNotFound(string file, HttpStatusCode? status) => Create(
        HubErrorKind.FileNotFound, $"The repository '{repository}' has no file '{file}'.",
        $"Its files are listed at {Page}/tree/{Uri.EscapeDataString(repository.Revision)}.", file, status);

    /// <summary>The Hub could not be asked, after all retries.</summary>
    public HubException Unreachable(HubConnectionException failure, string? file) => Create(
        HubErrorKind.Unreachable,
        file is null
            ? $"The revision '{repository.Revision}' of '{repository.Id}' is not in the cache ('{settings.CacheFolder}') and could not be looked up. {failure.Message}"
            : $"'{file}' of '{repository}' is not in the cache ('{settings.CacheFolder}') and could not be downloaded. {failure.Message}",
        failure.RetryAfter is { } wait ? $"The Hub asks to wait {wait.TotalSeconds:0} seconds; a token (HF_TOKEN) raises its limits."
            : failure.StatusCode is not null ? "Try again later."
            : "Check the connection and the proxy (HTTPS_PROXY); with HF_HUB_OFFLINE=1 only the cache is used.",
        file, failure.StatusCode, failure);

    /// <summary>Offline, and the cache has no such thing.</summary>
    /// <param name="what">What was looked for.</param>
    /// <param name="folder">Where it was looked for.</param>
    /// <param name="file">The file, if it was one.</param>
    public HubException Offline(string what, string folder, string? file) => Create(
        HubErrorKind.Offline, $"{what} is not in the cache ('{folder}'), and the Hub is not asked because it is set to offline.",
        $"Download it once while online, or unset HF_HUB_OFFLINE ({nameof(HubOptions)}.{nameof(HubOptions.Offline)}).", file);

    /// <summary>An answer that has to be there or has to have another form.</summary>
    public HubException Invalid(HubAnswer answer, string problem, string file) => Create(
        HubErrorKind.InvalidAnswer, $"'{HubTransport.Show(answer.Address)}' answered for '{file}' of '{repository}' {problem}; it was not used.",
        "Check that the endpoint is the Hub or a mirror of it, and that no proxy or sign-in page stands between.", file, answer.StatusCode);

    /// <summary>The disk or the cache's folder refuses.</summary>
    public HubException Storage(string problem, string? file, Exception inner) => Create(
        HubErrorKind.Storage, problem,
        $"Check space and rights of the cache folder '{settings.CacheFolder}', or choose another with HF_HUB_CACHE ({nameof(HubOptions)}.{nameof(HubOptions.CacheFolder)}).",
        file, inner: inner);

    /// <summary>Any other problem of this repository.</summary>
    public HubException Create(
        HubErrorKind kind, string problem, string remedy, string? file, HttpStatusCode? status = null, Exception? inner = null) =>
        new(kind, problem, remedy, inner) { Repository = repository, File = file, StatusCode = status };

    // Without control characters: a console would obey them.
    private static string Quote(HubAnswer answer) =>
        answer.ErrorMessage is not { Length: > 0 } words ? ""
        : $" (\"{string.Concat(words.Where(character => !char.IsControl(character)).Take(LongestQuote))}\")";
}
