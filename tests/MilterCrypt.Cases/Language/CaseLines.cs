namespace MilterCrypt.Cases.Language;

/// <summary>The lines of a case file, taken off the front one by one: comments and empty lines are passed over.</summary>
internal sealed class CaseLines
{
    private readonly string file;
    private readonly string[] lines;
    private int next;

    public CaseLines(string file, string text)
    {
        this.file = file;
        lines = text.Split('\n');
        SkipComments();
    }

    public bool IsAtEnd => next == lines.Length;

    /// <summary>Where the next line stands.</summary>
    public Place Place => new(file, next + 1);

    /// <summary>The next line, left where it is.</summary>
    public string Peek => lines[next].TrimStart();

    public string Take()
    {
        string line = Peek;
        next++;
        SkipComments();
        return line;
    }

    private void SkipComments()
    {
        while (!IsAtEnd && (Peek.Length == 0 || Peek[0] == '#'))
            next++;
    }
}
