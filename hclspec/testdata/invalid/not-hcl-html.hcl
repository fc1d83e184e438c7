# ERROR(next): Not HCL
<!DOCTYPE html>
<html></html>
