<%@ WebService Language="C#" Class="Sync" %>
