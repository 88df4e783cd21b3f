namespace Clip.Hub;

/// <summary>What kept a file of the Hub from being used.</summary>
public enum HubErrorKind
{
    /// <summary>The Hub cannot be reached, does not answer in time, or asks to come back later, after all retries.</summary>
    Unreachable,

    /// <summary>The client is offline, and the cache does not have what was asked for.</summary>
    Offline,

    /// <summary>There is no such repository, or it is private and the token does not open it: the Hub does not tell these apart.</summary>
    RepositoryNotFound,

    /// <summary>The repository has no such branch, tag or commit.</summary>
    RevisionNotFound,

    /// <summary>The repository has no such file at this revision.</summary>
    FileNotFound,

    /// <summary>The repository is gated: its license has to be accepted on its page first.</summary>
    Gated,

    /// <summary>The token is not valid, or does not allow this.</summary>
    AccessDenied,

    /// <summary>The answer is not one that the Hub gives, or is unsafe to follow: it was not used.</summary>
    InvalidAnswer,

    /// <summary>The bytes are not those that the Hub announced, twice in a row; they were deleted.</summary>
    Damaged,

    /// <summary>The file is larger than <see cref="HubOptions.MaxFileBytes"/>.</summary>
    TooLarge,

    /// <summary>The cache cannot be written or read: rights, space, or a lock that another process does not give back.</summary>
    Storage,
}
