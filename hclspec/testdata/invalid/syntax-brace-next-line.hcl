workflow "w" # ERROR: Brackets do not match
{
}
