using System.Reflection;

namespace MilterCrypt.Telemetry;

/// <summary>Which MilterCrypt this is.</summary>
internal static class ProgramVersion
{
    /// <summary>The version as the package has it, such as 0.1.0.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
