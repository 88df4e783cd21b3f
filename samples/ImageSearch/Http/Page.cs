namespace ImageSearch;

/// <summary>The page's own files.</summary>
internal static class Page
{
    /// <summary>Serves them.</summary>
    public static void UsePage(this WebApplication app)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles();
    }
}
